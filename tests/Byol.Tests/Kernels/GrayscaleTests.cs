using Byol.Data.Kernels;
using CsCheck;

namespace Byol.Tests.Kernels;

public sealed class GrayscaleTests
{
    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 0, 0, 0.2989)]
    [InlineData(0, 1, 0, 0.587)]
    [InlineData(0, 0, 1, 0.114)]
    [InlineData(1, 1, 1, 0.9999)]
    [InlineData(0.5, 0.25, 0.125, 0.31045)]
    public void Every_channel_becomes_the_luma(double red, double green, double blue, double luma)
    {
        float[] view = [(float)red, (float)green, (float)blue];
        Grayscale.Apply(view);
        Assert.All(view, v => Assert.Equal((float)luma, v, 1e-6f));
    }

    // torchvision's three digits sum to 0.9999.
    [Fact]
    public void Gray_stays_gray_but_for_the_digits() => Gen.Float[0, 1].Sample(gray =>
        new[] { gray, gray, gray }.After(v => Grayscale.Apply(v)).All(v => Math.Abs(v - gray) <= 1.01e-4));

    [Fact]
    public void The_three_channels_are_equal_and_within_0_and_1() => ViewGen.Any.Sample(view =>
        view.After(v => Grayscale.Apply(v)).Chunk(3).All(p => p[0] == p[1] && p[1] == p[2] && p[0] is >= 0 and <= 1));
}
