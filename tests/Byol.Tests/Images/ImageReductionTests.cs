using Byol.Data.Images;
using Byol.Data.Views;
using SkiaSharp;

namespace Byol.Tests.Images;

/// <summary>JPEGs that are decoded at a half, a quarter and an eighth.</summary>
public sealed class ImageReductionTests
{
    private const int Width = 640, Height = 512;

    private static readonly Lazy<byte[]> Smooth = new(() => Jpeg(Pictures.Smooth(Width, Height, 10)));
    private static readonly Lazy<byte[]> Textured = new(() => Jpeg(Pictures.Textured(Width, Height)));
    private static readonly string[] Kinds =
        ["444", "420", "422", "gray", "progressive", "cmyk", .. Enumerable.Range(1, 8).Select(o => $"orientation {o}")];

    public static TheoryData<string, int> Cases() => [.. from kind in Kinds from times in new[] { 1, 2, 4, 8 } select (kind, times)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pixels_are_Pillows_at_the_same_scale(string kind, int times)
    {
        var (file, expected) = PillowFiles.All[$"jpeg {kind} reduced {times}"];
        (int, int)? asked = null;
        var image = ImageDecoder.Decode(file, kind, new ImageBuffer((width, height) =>
        {
            asked = (width, height);
            return times;
        }));
        var upright = kind.StartsWith("orientation", StringComparison.Ordinal) && kind[^1] >= '5' ? (101, 150) : (150, 101);
        Assert.Equal(upright, asked);
        Assert.Equal(upright, (image.SourceWidth, image.SourceHeight));
        Assert.Equal(times > 1, image.IsReduced);
        PillowFiles.AssertClose(expected, image, PillowFiles.Lossy);
    }

    [Fact]
    public void Other_formats_come_whole()
    {
        foreach (var file in PictureFiles.OfEveryFormat(Pictures.Textured(48, 40)).Skip(1))
            Assert.Equal((48, 40, false), Decode(file, 4) is var image ? (image.Width, image.Height, image.IsReduced) : default);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(9, 70)]
    public void A_side_is_rounded_up(int width, int height)
    {
        var file = Jpeg(Pictures.Smooth(width, height));
        foreach (var times in (int[])[2, 4, 8])
        {
            var image = Decode(file, times);
            Assert.Equal(((width + times - 1) / times, (height + times - 1) / times), (image.Width, image.Height));
        }
    }

    [Theory]
    [InlineData("smooth", 2, 0.0005)]
    [InlineData("smooth", 4, 0.001)]
    [InlineData("smooth", 8, 0.002)]
    [InlineData("textured", 2, 0.002)]
    [InlineData("textured", 4, 0.005)]
    [InlineData("textured", 8, 0.012)]
    public void A_view_of_the_reduced_image_is_nearly_that_of_the_whole(string kind, int times, double bound)
    {
        const int Size = 32;
        var file = kind == "smooth" ? Smooth.Value : Textured.Value;
        var (whole, reduced) = (Decode(file, 1), Decode(file, times));
        var views = new ViewOptions { ImageSize = Size };
        var (sampler, renderer) = (new ViewSampler(views, 1), new ViewRenderer(views));
        var (expected, actual) = (new float[Size * Size * 3], new float[Size * Size * 3]);
        var differences = new List<double>();
        for (var index = 0; index < 40; index++)
        {
            var crop = sampler.Sample(Width, Height, 0, index, 0).Crop;   // seldom on the reduced image's grid
            if (crop.Reduction(Size) < times) continue;
            var plan = new ViewPlan(crop, false, null, false, 0, false);
            renderer.RenderColors(whole, plan, expected);
            renderer.RenderColors(reduced, plan, actual);
            differences.Add(expected.Zip(actual, (a, b) => (double)Math.Abs(a - b)).Average());
        }
        Assert.InRange(differences.Count, 10, 40);
        Assert.InRange(differences.Average(), 0, bound);
    }

    private static byte[] Jpeg(Image8 picture) => PictureFiles.Encode(picture, SKEncodedImageFormat.Jpeg);

    private static Image8 Decode(byte[] file, int times) => ImageDecoder.Decode(file, "a", new ImageBuffer((_, _) => times));
}
