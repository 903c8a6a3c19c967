using Byol.Data.Images;
using CsCheck;

namespace Byol.Tests.Images;

public sealed class ImageEncoderTests
{
    [Fact]
    public void Png_comes_back_bit_for_bit() => Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[0, 1000]).Sample((width, height, seed) =>
    {
        var image = Pictures.Noise(width, height, seed);
        var read = ImageDecoder.Decode(ImageEncoder.Png(image), "a.png");
        return (read.Width, read.Height) == (width, height) && read.Pixels.Span.SequenceEqual(image.Pixels.Span);
    });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 700)]
    [InlineData(700, 1)]
    [InlineData(257, 3)]
    public void Lines_come_back_too(int width, int height)
    {
        var image = Pictures.Smooth(width, height);
        Assert.Equal(image.Pixels.ToArray(), ImageDecoder.Decode(ImageEncoder.Png(image), "a.png").Pixels.ToArray());
    }

    [Fact]
    public void Pixels_may_be_a_window()
    {
        var noise = Pictures.Noise(10, 10);
        var window = new Image8(noise.Pixels[9..81], 6, 4);
        Assert.Equal(noise.Pixels[9..81].ToArray(), ImageDecoder.Decode(ImageEncoder.Png(window), "a.png").Pixels.ToArray());
    }

    [Fact]
    public void It_is_a_png() =>
        Assert.Equal([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], ImageEncoder.Png(Pictures.Noise(3, 3))[..8]);
}
