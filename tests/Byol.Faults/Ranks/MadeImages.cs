using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Faults.Ranks;

/// <summary>Images in memory that are the same in every process; some of them may be broken.</summary>
/// <param name="count">How many.</param>
/// <param name="unreadable">Indices of images that cannot be read.</param>
/// <param name="beforeRead">Is told how many were read before each read.</param>
internal sealed class MadeImages(int count, IReadOnlyCollection<int> unreadable, Action<int>? beforeRead = null) : IDataset
{
    private const int Side = 16, Kinds = 4;
    private int _reads;

    public string Name => "made";

    public int Count => count;

    public IReadOnlyList<string> Classes { get; } = ["a", "b", "c", "d"];

    public int? Label(int index) => index % Kinds;

    public string ItemName(int index) => $"image {index}";

    public Image8 Read(int index, ImageBuffer buffer)
    {
        beforeRead?.Invoke(Interlocked.Increment(ref _reads) - 1);
        if (unreadable.Contains(index)) throw new InvalidDataException($"image {index} is broken");
        var (random, pixels) = (new Random(index), new byte[Side * Side * Image8.Channels]);
        var (across, phase) = (index % Kinds < 2, random.Next(8));
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = (i / Image8.Channels % Side, i / Image8.Channels / Side);
            pixels[i] = (byte)(((across ? x : y) * (1 + index % Kinds) + phase) % 8 * 24 + random.Next(60));
        }
        return new Image8(pixels, Side, Side);
    }
}
