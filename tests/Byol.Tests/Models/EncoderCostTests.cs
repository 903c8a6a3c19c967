using Byol.Models;
using Byol.Models.ResNet;

namespace Byol.Tests.Models;

public sealed class EncoderCostTests
{
    // Multiply-adds as the literature and torchvision's model cards give them, without the classifier.
    [Theory]
    [InlineData(18, 1.0, Stem.ImageNet, 224, 1.814)]
    [InlineData(34, 1.0, Stem.ImageNet, 224, 3.663)]
    [InlineData(50, 1.0, Stem.ImageNet, 224, 4.087)]
    [InlineData(101, 1.0, Stem.ImageNet, 224, 7.799)]
    [InlineData(152, 1.0, Stem.ImageNet, 224, 11.51)]
    [InlineData(18, 1.0, Stem.Small, 32, 0.5554)]
    public void Known_networks_cost_what_is_known(int depth, double width, Stem stem, int imageSize, double billions) =>
        Assert.Equal(billions,
            EncoderCost.Of(new EncoderOptions { Depth = depth, Width = width, Stem = stem }, imageSize).Forward / 1e9,
            0.005 * billions);

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void Twice_the_side_costs_four_times_as_much(int depth)
    {
        var options = new EncoderOptions { Depth = depth };
        Assert.Equal(4 * EncoderCost.Of(options, 64).Forward, EncoderCost.Of(options, 128).Forward);
    }

    [Theory]
    [InlineData(18, Stem.Small)]
    [InlineData(50, Stem.ImageNet)]
    public void Twice_the_width_costs_four_times_as_much_behind_the_first_layer(int depth, Stem stem)
    {
        var (narrow, wide) = (EncoderCost.Of(Options(0.5), 64), EncoderCost.Of(Options(1), 64));
        Assert.Equal((2 * narrow.First, 4 * narrow.Rest), (wide.First, wide.Rest));

        EncoderOptions Options(double width) => new() { Depth = depth, Width = width, Stem = stem };
    }

    [Fact]
    public void A_stride_of_two_in_the_stem_saves_three_quarters()
    {
        var (full, strided) = (EncoderCost.Of(Options(Stem.Small), 32), EncoderCost.Of(Options(Stem.SmallStride2), 32));
        Assert.Equal(full.Forward, 4 * strided.Forward);

        static EncoderOptions Options(Stem stem) => new() { Depth = 18, Stem = stem };
    }

    // 29 px enter the stages at 15, 8, 4 and 2: an odd side rounds up.
    [Fact]
    public void Odd_sides_round_up()
    {
        long Stage(long side, long from, long to) => side * side * (9 * from * to + 3 * 9 * to * to + (from == to ? 0 : from * to));
        var expected = Stage(15, 8, 8) + Stage(8, 8, 16) + Stage(4, 16, 32) + Stage(2, 32, 64);
        var counted = EncoderCost.Of(new EncoderOptions { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 }, 29);
        Assert.Equal((15 * 15 * 8 * 27L, expected), (counted.First, counted.Rest));
    }
}
