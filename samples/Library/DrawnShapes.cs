using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;

namespace LibrarySample;

/// <summary>A dataset is six members: here discs, squares and triangles, drawn on demand.</summary>
/// <param name="count">How many images.</param>
/// <param name="first">The number of the first image.</param>
internal sealed class DrawnShapes(int count, int first = 0) : IDataset
{
    private const int Side = 48;

    /// <summary>Two views of one image may differ in what does not decide its class. Colors do not decide it, so all views are gray; the
    /// outline does, so crops keep most of it. With the usual crops, from 0.4 on, and colors, training makes this encoder worse.</summary>
    public static ViewOptions Views { get; } = new()
    {
        ImageSize = 32, CropArea = new(0.8, 1), EvaluationCrop = 1, GrayscaleProbability = 1, JitterProbability = 1,
        Brightness = 0.4, Contrast = 0.4, BlurProbability = new(0, 0), SolarizeProbability = new(0, 0),
    };

    public string Name => "shapes";

    public int Count => count;

    public IReadOnlyList<string> Classes { get; } = ["disc", "square", "triangle"];

    public int? Label(int index) => (first + index) % 3;

    public string ItemName(int index) => $"{Classes[(first + index) % 3]} {first + index}";

    // Called by several threads at once: everything depends on the index alone.
    public Image8 Read(int index, ImageBuffer buffer)
    {
        var (random, label) = (new Random(first + index), (first + index) % 3);
        var (x, y, r) = (random.Next(18, 30), random.Next(18, 30), random.Next(9, 16));
        var (paper, ink) = (Color(random, 0, 100), Color(random, 130, 256));
        var pixels = buffer.Pixels(Side * Side * Image8.Channels);
        for (var i = 0; i < Side * Side; i++)
        {
            var (dx, dy) = (i % Side - x, i / Side - y);
            var inside = label switch
            {
                0 => dx * dx + dy * dy <= r * r,
                1 => Math.Max(Math.Abs(dx), Math.Abs(dy)) <= r,
                _ => dy <= r && dy >= 2 * Math.Abs(dx) - r,
            };
            (inside ? ink : paper).CopyTo(pixels.Span[(i * Image8.Channels)..]);
        }
        return new Image8(pixels, Side, Side);
    }

    private static byte[] Color(Random random, int low, int high) =>
        [(byte)random.Next(low, high), (byte)random.Next(low, high), (byte)random.Next(low, high)];
}
