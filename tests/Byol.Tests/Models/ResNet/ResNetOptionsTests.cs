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

    [Theory]
    [InlineData("must be 4 numbers from 1 to 100", 2, 2, 2)]
    [InlineData("must be 4 numbers from 1 to 100", 2, 2, 0, 2)]
    [InlineData("must be 4 numbers from 1 to 100", 2, 2, 2, 101)]
    [InlineData("are those of depth 18; set that alone", 2, 2, 2, 2)]
    [InlineData("are those of depth 34; set that alone", 3, 4, 6, 3)]
    public void Blocks_that_make_no_network_or_a_published_one_are_refused(string rule, params int[] blocks)
    {
        var e = Assert.Throws<ArgumentException>(() => new ResNetOptions { Depth = 18, Blocks = blocks }.Validate());
        Assert.Contains(rule, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_are_compared_by_what_is_in_them_and_decide_the_network()
    {
        var options = new ResNetOptions { Depth = 18, Blocks = [2, 2, 2, 3] };
        options.Validate();
        Assert.Equal(options, new ResNetOptions { Depth = 18, Blocks = (List<int>)[2, 2, 2, 3] });
        Assert.Equal(options.GetHashCode(), new ResNetOptions { Depth = 18, Blocks = (List<int>)[2, 2, 2, 3] }.GetHashCode());
        Assert.NotEqual(options, new ResNetOptions { Depth = 18 });
        Assert.NotEqual(options, new ResNetOptions { Depth = 18, Blocks = [2, 2, 3, 2] });
        Assert.Equal([2, 2, 2, 3], ResNetPlan.Of(options).Stages.Select(s => s.Count));
        Assert.Equal("ResNet-18 of width 1 with 2, 2, 2, 3 blocks with stem ImageNet", options.ToString());
        Assert.Equal(options, ResNetOptions.WithBlocks([2, 2, 2, 3], false, 1, Stem.ImageNet));
        Assert.Equal(50, ResNetOptions.WithBlocks([3, 4, 6, 3], true, 1, Stem.ImageNet).Depth);
        Assert.Equal(101, ResNetOptions.WithBlocks([3, 4, 20, 5], true, 1, Stem.ImageNet).Depth);
    }

    [Fact]
    public void Defaults_are_the_papers()
    {
        var options = new ResNetOptions();
        options.Validate();
        Assert.Equal((50, 1.0, Stem.ImageNet, 2048L), (options.Depth, options.Width, options.Stem, options.RepresentationSize));
    }
}
