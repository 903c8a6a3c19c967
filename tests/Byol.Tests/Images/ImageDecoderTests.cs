using Byol.Data.Images;
using SkiaSharp;

namespace Byol.Tests.Images;

/// <summary>Files of every kind against what Pillow reads from them; one Python writes them all.</summary>
public sealed class ImageDecoderTests
{
    private const int Exact = PillowFiles.Exact, Rounding = PillowFiles.Rounding, Lossy = PillowFiles.Lossy;

    public static TheoryData<string, int> Kinds() => new()
    {
        { "jpeg 444", Lossy }, { "jpeg 420", Lossy }, { "jpeg 422", Lossy }, { "jpeg gray", Lossy }, { "jpeg progressive", Lossy },
        { "jpeg cmyk", Lossy }, { "jpeg cmyk unmarked", Lossy }, { "jpeg ycck", Lossy }, { "jpeg trailing bytes", Lossy },
        { "png rgb", Exact }, { "png gray", Exact }, { "png 1 bit", Exact }, { "png palette", Exact }, { "png palette 4 bit", Exact },
        { "png palette 2 bit", Exact }, { "png rgba", Exact }, { "png gray alpha", Exact }, { "png palette alpha", Exact },
        { "png 16 bit rgb", Exact }, { "png 16 bit gray", Exact }, { "png interlaced", Exact }, { "png gamma", Exact },
        { "png profile", Exact }, { "png 1 pixel", Exact },
        { "webp lossless", Exact }, { "webp lossy", Lossy }, { "webp alpha", Exact }, { "webp animated", Exact },
        { "bmp rgb", Exact }, { "bmp gray", Exact }, { "bmp palette", Exact }, { "bmp 1 bit", Exact }, { "bmp run lengths", Exact },
        { "gif", Exact }, { "gif gray", Exact }, { "gif animated", Exact }, { "gif interlaced", Exact },
        { "gif transparent", Exact }, { "gif smaller frame", Exact },
        { "tiff rgb", Exact }, { "tiff gray", Exact }, { "tiff 1 bit", Exact }, { "tiff palette", Exact }, { "tiff rgba", Exact },
        { "tiff lzw", Exact }, { "tiff deflate", Exact }, { "tiff packbits", Exact }, { "tiff group 4", Exact }, { "tiff jpeg", Lossy },
        { "tiff cmyk", Exact }, { "tiff pages", Exact }, { "tiff tiled", Exact }, { "tiff tiled deflate", Exact }, { "tiff planes", Exact },
        { "tiff tiled planes", Exact }, { "tiff strips", Exact }, { "tiff motorola", Exact }, { "tiff predictor", Exact },
        { "tiff white is zero", Exact }, { "tiff cmyk tiled", Exact }, { "tiff cmyk 16 bit", Exact }, { "tiff 16 bit gray", Exact },
        { "tiff 16 bit rgb", Exact }, { "tiff 16 bit motorola", Exact }, { "tiff 16 bit predictor", Exact },
        { "tiff 16 bit planes", Exact },
        { "tiff gray alpha", Exact }, { "tiff unknown fourth", Exact }, { "tiff big", Exact },
    };

    public static TheoryData<string> Names() => [.. Kinds().Select(k => k.Data.Item1)];

    public static TheoryData<string> Stills() => [.. Names().Select(n => n.Data).Where(n => n != "gif animated")];

    public static TheoryData<string, int> Orientations() =>
        [.. from kind in new[] { "jpeg", "webp", "png", "tiff" } from o in Enumerable.Range(1, 8) select (kind, o),
            .. from kind in new[] { "jpeg long", "webp long", "png tEXt", "png zTXt" } from o in new[] { 1, 3, 6, 8 } select (kind, o)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pixels_are_Pillows(string name, int tolerance)
    {
        var (file, expected) = PillowFiles.All[name];
        PillowFiles.AssertClose(expected, ImageDecoder.Decode(file, name), tolerance);
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void Orientation_is_applied(string kind, int orientation)
    {
        var (file, expected) = PillowFiles.All[$"{kind} orientation {orientation}"];
        Assert.Equal(orientation >= 5 ? (26, 37) : (37, 26), (expected.Width, expected.Height));
        var tolerance = kind.StartsWith("jpeg", StringComparison.Ordinal) ? Lossy : Exact;
        PillowFiles.AssertClose(expected, ImageDecoder.Decode(file, kind), tolerance);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("tiff")]
    public void What_is_transparent_lies_over_the_color_that_is_asked_for(string kind)
    {
        var (file, expected) = PillowFiles.All[$"{kind} over #204060"];
        PillowFiles.AssertClose(expected, Decode(file, new ImageOptions { Background = "#204060" }), Exact);
    }

    [Theory]
    [InlineData("png 12 bit in 16")]
    [InlineData("png 12 bit rgb in 16")]
    [InlineData("png 12 bit rgba in 16")]
    [InlineData("png 12 bit interlaced in 16")]
    [InlineData("png 12 bit filtered in 16")]
    [InlineData("tiff 12 bit in 16")]
    [InlineData("tiff 12 bit rgb in 16")]
    public void Twelve_bits_in_sixteen_have_the_whole_range_where_that_is_asked_for(string name)
    {
        var (file, expected) = PillowFiles.All[name];
        Assert.Equal(12, ImageDecoder.BitsInUse(file));
        PillowFiles.AssertClose(expected, Decode(file, new ImageOptions { Depth = 12 }), Exact);
        if (!name.Contains("rgba", StringComparison.Ordinal))
            Assert.InRange(ImageDecoder.Decode(file, name).Pixels.ToArray().Max(), 1, 16);   // otherwise near black
    }

    [Theory]
    [InlineData("png 12 bit rgba in 16")]
    [InlineData("png 12 bit interlaced in 16")]
    [InlineData("png 12 bit filtered in 16")]
    public void Damage_to_deep_PNGs_gives_pixels_or_a_plain_refusal(string name)
    {
        var file = PillowFiles.All[name].File;
        for (var i = 0; i < 400; i++)
        {
            var random = new Random(i);
            var damaged = file[..(i % 3 == 0 ? random.Next(file.Length) : file.Length)];
            for (var n = random.Next(6); n > 0 && damaged.Length > 0; n--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                ImageDecoder.BitsInUse(damaged);
                ImageDecoder.Decode(damaged, "damaged", new ImageBuffer(), new ImageOptions { Depth = 12 }, pixelLimit: 1_000_000);
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith("damaged ", e.Message, StringComparison.Ordinal);
            }
        }    }

    [Theory]
    [InlineData("png 16 bit rgb", 16)]
    [InlineData("tiff 16 bit planes", 16)]
    [InlineData("png rgb", null)]
    [InlineData("tiff lzw", null)]
    [InlineData("jpeg 420", null)]
    public void Bits_in_use_are_those_of_deep_images(string name, int? bits) =>
        Assert.Equal(bits, ImageDecoder.BitsInUse(PillowFiles.All[name].File));

    [Fact]
    public void Each_page_of_a_TIFF_is_an_image()
    {
        var file = PillowFiles.All["tiff pages"].File;
        PillowFiles.AssertClose(PillowFiles.All["png gray"].Pixels, Decode(file, new ImageOptions(), page: 2), Exact);
        Assert.Contains("no page 4", Assert.Throws<InvalidDataException>(() => Decode(file, new ImageOptions(), page: 3)).Message);
    }

    private static Image8 Decode(byte[] file, ImageOptions options, int page = 0) =>
        ImageDecoder.Decode(file, "a", new ImageBuffer(), options, page: page);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_window_of_a_larger_buffer_decodes_alike(string name)
    {
        var file = PillowFiles.All[name].File;
        byte[] buffer = [.. "before"u8, .. file, .. "behind"u8];
        Assert.Equal(ImageDecoder.Decode(file, name).Pixels.ToArray(),
            ImageDecoder.Decode(buffer.AsMemory(6, file.Length), name).Pixels.ToArray());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_buffer_full_of_another_image_decodes_alike(string name)
    {
        var (file, buffer) = (PillowFiles.All[name].File, new ImageBuffer());
        ImageDecoder.Decode(PictureFiles.Encode(Pictures.Noise(60, 50), SKEncodedImageFormat.Webp, 100), "before", buffer);
        Assert.Equal(ImageDecoder.Decode(file, name).Pixels.ToArray(), ImageDecoder.Decode(file, name, buffer).Pixels.ToArray());
    }

    [Fact]
    public void A_cut_behind_the_first_frame_does_no_harm()
    {
        var (file, expected) = PillowFiles.All["gif animated"];
        PillowFiles.AssertClose(expected, ImageDecoder.Decode(file.AsMemory(0, file.Length - 100), "a.gif"), Exact);
    }

    [Theory]
    [MemberData(nameof(Stills))]
    public void A_file_cut_short_is_refused_by_name(string name)
    {
        var file = PillowFiles.All[name].File;
        foreach (var length in new[] { 0, 1, 2, 8, file.Length / 4, file.Length / 2, file.Length * 2 / 3 })
        {
            var message = Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(file.AsMemory(0, length), "photos/a.bin")).Message;
            Assert.StartsWith("photos/a.bin ", message);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cut_file_gives_all_of_its_pixels_or_none(string name)
    {
        var file = PillowFiles.All[name].File;
        var whole = ImageDecoder.Decode(file, name).Pixels.ToArray();
        for (var length = file.Length - 1; length > 0; length -= length > file.Length - 40 ? 1 : 17)
        {
            try
            {
                Assert.Equal(whole, ImageDecoder.Decode(file.AsMemory(0, length), name).Pixels.ToArray());
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith(name, e.Message);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Damage_gives_pixels_or_a_plain_refusal_and_nothing_else(string name)
    {
        var file = PillowFiles.All[name].File;
        var random = new Random(name.Length);
        for (var i = 0; i < 40; i++)
        {
            var damaged = file.ToArray();
            for (var n = random.Next(1, 6); n > 0; n--)
                damaged[random.Next(i % 2 == 0 ? Math.Min(64, file.Length) : file.Length)] = (byte)random.Next(256);
            var length = i % 5 == 0 ? random.Next(file.Length) : file.Length;
            try
            {
                var image = ImageDecoder.Decode(damaged.AsMemory(0, length), "damaged", new ImageBuffer(), pixelLimit: 1_000_000);
                Assert.Equal(image.Width * image.Height * 3, image.Pixels.Length);
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith("damaged ", e.Message);
            }
        }
    }
}
