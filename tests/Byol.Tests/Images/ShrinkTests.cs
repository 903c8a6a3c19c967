using Byol.Data.Images;
using Byol.Tests.Kernels;

namespace Byol.Tests.Images;

public sealed class ShrinkTests
{
    /// <summary>From and to: shrinking by little and much, growing, one axis alone, lines and single pixels.</summary>
    private static readonly (int Width, int Height, int ToWidth, int ToHeight)[] Sizes =
    [
        (64, 48, 32, 24), (61, 47, 13, 29), (200, 150, 11, 8), (300, 200, 299, 199), (40, 30, 40, 10), (40, 30, 7, 30),
        (9, 7, 20, 31), (50, 1, 5, 1), (1, 50, 1, 5), (33, 35, 1, 1), (500, 400, 320, 256), (97, 3, 10, 2),
    ];

    internal static IEnumerable<TorchvisionCase> Questions() =>
        from s in Enumerable.Range(0, Sizes.Length)
        from smooth in new[] { false, true }
        let c = Sizes[s]
        let pixels = Picture(s, smooth).Pixels.ToArray()
        select new TorchvisionCase(Name(s, smooth), "resize of bytes", pixels, c.Width, c.Height, c.ToWidth, c.ToHeight);

    public static TheoryData<int, bool> Cases() =>
        [.. from s in Enumerable.Range(0, Sizes.Length) from smooth in new[] { false, true } select (s, smooth)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resize_equals_Pillows_bit_for_bit(int size, bool smooth)
    {
        var shrunk = Shrink.Resize(Picture(size, smooth), Sizes[size].ToWidth, Sizes[size].ToHeight);
        Assert.Equal((Sizes[size].ToWidth, Sizes[size].ToHeight), (shrunk.Width, shrunk.Height));
        Assert.Equal(Torchvision.Answer(Name(size, smooth)).Select(v => (byte)v), shrunk.Pixels.ToArray());
    }

    [Theory]
    [InlineData(4000, 3000, 256, 341, 256)]
    [InlineData(3000, 4000, 256, 256, 341)]
    [InlineData(300, 300, 256, 256, 256)]
    [InlineData(257, 10_000, 256, 256, 9961)]
    public void The_long_side_comes_along(int width, int height, int shortSide, int newWidth, int newHeight)
    {
        var shrunk = Shrink.ToShortSide(Pictures.Constant(width, height, 77), shortSide);
        Assert.Equal((newWidth, newHeight), (shrunk.Width, shrunk.Height));
        Assert.Equal(newWidth * newHeight * 3, shrunk.Pixels.Length);
        Assert.False(shrunk.Pixels.Span.ContainsAnyExcept((byte)77));
    }

    [Theory]
    [InlineData(256, 256)]
    [InlineData(1, 1000)]
    [InlineData(255, 300)]
    public void An_image_that_is_small_enough_is_left_alone(int width, int height)
    {
        var image = Pictures.Noise(width, height);
        Assert.Equal(image, Shrink.ToShortSide(image, 256));
    }

    private static Image8 Picture(int size, bool smooth) =>
        smooth ? Pictures.Smooth(Sizes[size].Width, Sizes[size].Height) : Pictures.Noise(Sizes[size].Width, Sizes[size].Height);

    private static string Name(int size, bool smooth) => $"shrink {size} {smooth}";
}
