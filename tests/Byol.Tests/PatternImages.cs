using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Tests;

/// <summary>Made-up images in memory, 16 px: stripes whose direction is the class, each with a phase, color and noise of its
/// own.</summary>
internal sealed class PatternImages(int count, bool labeled = true, int seed = 1, string name = "patterns") : IDataset
{
    private const int Side = 16;
    private readonly Image8[] _images = [.. Enumerable.Range(0, count).Select(i => Draw(new Random(seed * 1000 + i), i % 2))];

    public string Name => name;

    public int Count => count;

    public IReadOnlyList<string> Classes { get; } = labeled ? ["across", "down"] : [];

    public Image8 Read(int index, ImageBuffer buffer) => _images[index];

    public int? Label(int index) => labeled ? index % 2 : null;

    public string ItemName(int index) => $"pattern {index}";

    private static Image8 Draw(Random random, int kind)
    {
        var (phase, color) = (random.Next(8), new[] { random.Next(60, 255), random.Next(60, 255), random.Next(60, 255) });
        var pixels = new byte[Side * Side * Image8.Channels];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = (i / Image8.Channels % Side, i / Image8.Channels / Side);
            var bright = ((kind == 0 ? y : x) + phase) / 4 % 2 == 0;
            pixels[i] = (byte)Math.Clamp((bright ? color[i % Image8.Channels] : 30) + random.Next(-20, 20), 0, 255);
        }
        return new Image8(pixels, Side, Side);
    }
}
