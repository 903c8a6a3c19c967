using Byol.Data.Images;
using Microsoft.Win32.SafeHandles;

namespace Byol.Data.Datasets;

/// <summary>STL-10 in the official binary version (Coates et al. 2011): 96-px images, planes of columns. Images are read when asked for:
/// the 100,000 unlabeled ones are 2.7 GB.</summary>
internal sealed class Stl10 : IDataset
{
    private const int Side = 96, Plane = Side * Side, ImageBytes = 3 * Plane;
    private readonly List<(SafeFileHandle File, int Count)> _files = [];
    private readonly byte[]? _labels;   // [N], from 1

    /// <summary>Opens a split.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="folder">The folder with the .bin files.</param>
    /// <param name="split">train, test, unlabeled, or train+unlabeled (without labels).</param>
    /// <exception cref="InvalidDataException">A file has a size or label that STL-10 does not have.</exception>
    public Stl10(string name, string folder, string split)
    {
        Name = name;
        foreach (var part in split.Split('+')) Add(Path.Combine(folder, $"{part}_X.bin"));
        Count = _files.Sum(f => f.Count);
        var labels = Path.Combine(folder, $"{split}_y.bin");
        if (!File.Exists(labels)) return;
        _labels = File.ReadAllBytes(labels);
        if (_labels.Length != Count || _labels.Any(l => l is < 1 or > 10))
            throw new InvalidDataException(
                $"{labels} has {_labels.Length} labels for {Count} images, and each must be 1 to 10; download it again.");
        var names = Path.Combine(folder, "class_names.txt");
        Classes = File.Exists(names)
            ? File.ReadAllLines(names).Where(l => l.Length > 0).ToArray()
            : ["airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"];
    }

    private void Add(string file)
    {
        if (!File.Exists(file)) throw new InvalidDataException($"{file} does not exist; download it again, or choose another split.");
        var handle = File.OpenHandle(file);
        var length = RandomAccess.GetLength(handle);
        if (length == 0 || length % ImageBytes != 0)
        {
            throw new InvalidDataException(
                $"{file} has {length} bytes, which is not a multiple of the {ImageBytes} of an STL-10 image; download it again.");
        }
        _files.Add((handle, (int)(length / ImageBytes)));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; } = [];

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer)
    {
        var (file, at) = (0, index);
        for (; at >= _files[file].Count; file++) at -= _files[file].Count;
        var planes = buffer.ReadFile(_files[file].File, (long)at * ImageBytes, ImageBytes, ItemName(index)).Span;
        var image = buffer.Pixels(ImageBytes);
        var pixels = image.Span;
        for (var x = 0; x < Side; x++)
        {
            for (var y = 0; y < Side; y++)
            {
                for (var c = 0; c < 3; c++) pixels[(y * Side + x) * 3 + c] = planes[c * Plane + x * Side + y];
            }
        }
        return new Image8(image, Side, Side);
    }

    /// <inheritdoc/>
    public int? Label(int index) => _labels is null ? null : _labels[index] - 1;

    /// <inheritdoc/>
    public string ItemName(int index) => $"{Name}/{index:D6}";
}
