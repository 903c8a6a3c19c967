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
            new ResNetOptions { Depth = depth, Width = width, Stem = stem }.Cost(imageSize)!.Value.Forward / 1e9,
            0.005 * billions);

    [Theory]
    [InlineData(18)]
    [InlineData(50)]
    public void Twice_the_side_costs_four_times_as_much(int depth)
    {
        var options = new ResNetOptions { Depth = depth };
        Assert.Equal(4 * options.Cost(64)!.Value.Forward, options.Cost(128)!.Value.Forward);
    }

    [Theory]
    [InlineData(18, Stem.Small)]
    [InlineData(50, Stem.ImageNet)]
    public void Twice_the_width_costs_four_times_as_much_behind_the_first_layer(int depth, Stem stem)
    {
        var (narrow, wide) = (Options(0.5).Cost(64)!.Value, Options(1).Cost(64)!.Value);
        Assert.Equal((2 * narrow.First, 4 * narrow.Rest), (wide.First, wide.Rest));

        ResNetOptions Options(double width) => new() { Depth = depth, Width = width, Stem = stem };
    }

    [Fact]
    public void A_stride_of_two_in_the_stem_saves_three_quarters()
    {
        var (full, strided) = (Options(Stem.Small).Cost(32)!.Value, Options(Stem.SmallStride2).Cost(32)!.Value);
        Assert.Equal(full.Forward, 4 * strided.Forward);

        static ResNetOptions Options(Stem stem) => new() { Depth = 18, Stem = stem };
    }

    // 29 px enter the stages at 15, 8, 4 and 2: an odd side rounds up.
    [Fact]
    public void Odd_sides_round_up()
    {
        long Stage(long side, long from, long to) => side * side * (9 * from * to + 3 * 9 * to * to + (from == to ? 0 : from * to));
        var expected = Stage(15, 8, 8) + Stage(8, 8, 16) + Stage(4, 16, 32) + Stage(2, 32, 64);
        var counted = new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 }.Cost(29)!.Value;
        Assert.Equal((15 * 15 * 8 * 27L, expected), (counted.First, counted.Rest));
    }
}
