using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Tests.Datasets;

/// <summary>Small packs, and ways to compare them with what was packed.</summary>
internal static class Packs
{
    /// <summary>Packs on one thread, until the end or until so many images are done.</summary>
    public static PackResult Pack(IDataset data, string path, int shortSide = 256, int stopAt = int.MaxValue, int threads = 1)
    {
        using var stop = new CancellationTokenSource();
        return DatasetPacker.Pack(data, path, shortSide, threads, (done, _, _) =>
        {
            if (done >= stopAt) stop.Cancel();
        }, stop.Token);
    }

    /// <summary>Everything that is in a pack, read and checked.</summary>
    public static void ReadWhole(string path)
    {
        using var pack = new PackedDataset(path);
        for (var i = 0; i < pack.Count; i++) pack.Read(i);
        Assert.NotNull(pack.Unreadable);
    }

    /// <summary>Fails where these images of the data are not all of the pack.</summary>
    public static void AssertHolds(PackedDataset pack, IDataset data, params IReadOnlyList<int> images)
    {
        Assert.Equal(data.Classes, pack.Classes);
        Assert.Equal(images.Count, pack.Count);
        for (var i = 0; i < images.Count; i++)
        {
            AssertSame(data.Read(images[i]), pack.Read(i));
            Assert.Equal((data.Label(images[i]), data.ItemName(images[i])), (pack.Label(i), pack.ItemName(i)));
        }
    }

    private static void AssertSame(Image8 expected, Image8 actual)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        Assert.True(expected.Pixels.Span.SequenceEqual(actual.Pixels.Span));
    }
}

/// <summary>Images of any sizes in memory; a width of 0 is one that cannot be read.</summary>
internal sealed class SizedImages(string name, bool labeled, params (int Width, int Height)[] sizes) : IDataset
{
    public string Name => name;

    public int Count => sizes.Length;

    public IReadOnlyList<string> Classes { get; } = labeled ? ["Katze, groß", "犬\n", ""] : [];

    public Image8 Read(int index, ImageBuffer buffer) => sizes[index] is { Width: > 0 } s
        ? Images.Pictures.Noise(s.Width, s.Height, index)
        : throw new InvalidDataException($"{ItemName(index)} is broken");

    public int? Label(int index) => labeled ? index % 3 : null;

    public string ItemName(int index) => $"ünïcödé/図 {index}.jpg";
}
