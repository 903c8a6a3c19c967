using Byol.Data.Images;
using Byol.Interop;
using static TorchSharp.torch;

namespace Byol.Tests.Images;

/// <summary>Files of every kind against what Pillow reads from them; one Python writes them all.</summary>
public sealed class ImageDecoderTests
{
    /// <summary>Differences of a level or so between two decoders of a lossy or deeper format.</summary>
    private const int Exact = 0, Rounding = 1, Lossy = 4;

    private static readonly Lazy<Dictionary<string, (byte[] File, Image8 Pixels)>> Files = new(Ask);

    public static TheoryData<string, int> Kinds() => new()
    {
        { "jpeg 444", Lossy }, { "jpeg 420", Lossy }, { "jpeg 422", Lossy }, { "jpeg gray", Lossy }, { "jpeg progressive", Lossy },
        { "jpeg cmyk", Lossy }, { "jpeg trailing bytes", Lossy },
        { "png rgb", Exact }, { "png gray", Exact }, { "png 1 bit", Exact }, { "png palette", Exact }, { "png palette 4 bit", Exact },
        { "png palette 2 bit", Exact }, { "png rgba", Exact }, { "png gray alpha", Exact }, { "png palette alpha", Exact },
        { "png 16 bit rgb", Rounding }, { "png 16 bit gray", Rounding }, { "png interlaced", Exact }, { "png gamma", Exact },
        { "png profile", Exact }, { "png 1 pixel", Exact },
        { "webp lossless", Exact }, { "webp lossy", Lossy }, { "webp alpha", Exact }, { "webp animated", Exact },
        { "bmp rgb", Exact }, { "bmp gray", Exact }, { "bmp palette", Exact }, { "bmp 1 bit", Exact },
        { "gif", Exact }, { "gif gray", Exact }, { "gif animated", Exact }, { "gif interlaced", Exact },
        { "gif transparent", Exact }, { "gif smaller frame", Exact },
    };

    public static TheoryData<string> Names() => [.. Kinds().Select(k => k.Data.Item1)];

    public static TheoryData<string> Stills() => [.. Names().Select(n => n.Data).Where(n => n != "gif animated")];

    public static TheoryData<string, int> Orientations() =>
        [.. from kind in new[] { "jpeg", "webp" } from o in Enumerable.Range(1, 8) select (kind, o)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pixels_are_Pillows(string name, int tolerance)
    {
        var (file, expected) = Files.Value[name];
        AssertClose(expected, ImageDecoder.Decode(file, name), tolerance);
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void Orientation_is_applied(string kind, int orientation)
    {
        var (file, expected) = Files.Value[$"{kind} orientation {orientation}"];
        Assert.Equal(orientation >= 5 ? (26, 37) : (37, 26), (expected.Width, expected.Height));
        AssertClose(expected, ImageDecoder.Decode(file, kind), kind == "jpeg" ? Lossy : Exact);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_window_of_a_larger_buffer_decodes_alike(string name)
    {
        var file = Files.Value[name].File;
        byte[] buffer = [.. "before"u8, .. file, .. "behind"u8];
        Assert.Equal(ImageDecoder.Decode(file, name).Pixels.ToArray(),
            ImageDecoder.Decode(buffer.AsMemory(6, file.Length), name).Pixels.ToArray());
    }

    [Fact]
    public void A_cut_behind_the_first_frame_does_no_harm()
    {
        var (file, expected) = Files.Value["gif animated"];
        AssertClose(expected, ImageDecoder.Decode(file.AsMemory(0, file.Length - 100), "a.gif"), Exact);
    }

    [Theory]
    [MemberData(nameof(Stills))]
    public void A_file_cut_short_is_refused_by_name(string name)
    {
        var file = Files.Value[name].File;
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
        var file = Files.Value[name].File;
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
        var file = Files.Value[name].File;
        var random = new Random(name.Length);
        for (var i = 0; i < 40; i++)
        {
            var damaged = file.ToArray();
            for (var n = random.Next(1, 6); n > 0; n--)
                damaged[random.Next(i % 2 == 0 ? Math.Min(64, file.Length) : file.Length)] = (byte)random.Next(256);
            var length = i % 5 == 0 ? random.Next(file.Length) : file.Length;
            try
            {
                var image = ImageDecoder.Decode(damaged.AsMemory(0, length), "damaged", pixelLimit: 1_000_000);
                Assert.Equal(image.Width * image.Height * 3, image.Pixels.Length);
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith("damaged ", e.Message);
            }
        }
    }

    private static Dictionary<string, (byte[] File, Image8 Pixels)> Ask()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var answer = Oracle.Ask("images.py", [("nothing", tensor(new float[] { 0 }))]);
        return answer.Keys.Where(k => k.EndsWith("|file", StringComparison.Ordinal)).Select(k => k[..^5]).ToDictionary(name => name, name =>
        {
            var rgb = answer[$"{name}|rgb"];
            return (answer[$"{name}|file"].data<byte>().ToArray(),
                new Image8(rgb.data<byte>().ToArray(), (int)rgb.shape[1], (int)rgb.shape[0]));
        });
    }

    private static void AssertClose(Image8 expected, Image8 actual, int tolerance)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        Assert.Equal(expected.Pixels.Length, actual.Pixels.Length);
        for (var i = 0; i < expected.Pixels.Length; i++)
        {
            var (wanted, found) = (expected.Pixels.Span[i], actual.Pixels.Span[i]);
            var place = (X: i / 3 % expected.Width, Y: i / 3 / expected.Width, Channel: i % 3);
            Assert.True(Math.Abs(wanted - found) <= tolerance, $"At {place}: {wanted} expected, {found} found.");
        }
    }
}
