using Byol.Models.ResNet;

namespace Byol.Tests.Models;

public sealed class ResNetOptionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(-50)]
    [InlineData(1000)]
    public void An_unknown_depth_is_refused_with_those_that_are_known(int depth)
    {
        var e = Assert.Throws<ArgumentException>(() => new ResNetOptions { Depth = depth }.Validate());
        Assert.Equal($"Encoder depth {depth} is not known; use one of 18, 34, 50, 101, 152, 200.", e.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(0.3)]
    [InlineData(0.05)]
    [InlineData(8.5)]
    [InlineData(1.001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_width_of_broken_channels_is_refused_with_the_rule(double width)
    {
        var e = Assert.Throws<ArgumentException>(() => new ResNetOptions { Width = width }.Validate());
        Assert.Contains("must lie between 1/16 and 8, and 64 × width must be a whole number", e.Message, StringComparison.Ordinal);
        Assert.Contains("use for instance", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(18, 0.0625, 32)]
    [InlineData(18, 1, 512)]
    [InlineData(34, 1.5, 768)]
    [InlineData(50, 1, 2048)]
    [InlineData(101, 2, 4096)]
    [InlineData(200, 8, 16384)]
    public void Sound_options_pass_and_say_the_size_of_a_representation(int depth, double width, long expected)
    {
        var options = new ResNetOptions { Depth = depth, Width = width };
        options.Validate();
        Assert.Equal(expected, options.RepresentationSize);
    }

    [Fact]
    public void Defaults_are_the_papers()
    {
        var options = new ResNetOptions();
        options.Validate();
        Assert.Equal((50, 1.0, Stem.ImageNet, 2048L), (options.Depth, options.Width, options.Stem, options.RepresentationSize));
    }
}
