using Byol.Data.Images;
using Byol.Interop;
using static TorchSharp.torch;

namespace Byol.Tests.Images;

/// <summary>Image files of every kind, each with the pixels that Pillow reads from it; one Python writes them all.</summary>
internal static class PillowFiles
{
    /// <summary>Differences of a level or so between two decoders of a lossy or deeper format.</summary>
    public const int Exact = 0, Rounding = 1, Lossy = 4;

    private static readonly Lazy<Dictionary<string, (byte[] File, Image8 Pixels)>> Files = new(Ask);

    public static Dictionary<string, (byte[] File, Image8 Pixels)> All => Files.Value;

    private static Dictionary<string, (byte[] File, Image8 Pixels)> Ask()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var answer = Oracle.Ask("images.py", [("nothing", tensor(new float[] { 0 }))]);
        var names = answer.Keys.Where(k => k.EndsWith("|file", StringComparison.Ordinal)).Select(k => k[..^5]);
        return names.ToDictionary(name => name, name =>
        {
            var rgb = answer[$"{name}|rgb"];
            return (answer[$"{name}|file"].data<byte>().ToArray(),
                new Image8(rgb.data<byte>().ToArray(), (int)rgb.shape[1], (int)rgb.shape[0]));
        });
    }

    public static void AssertClose(Image8 expected, Image8 actual, int tolerance)
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
