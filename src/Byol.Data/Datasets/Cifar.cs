using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>CIFAR-10 and CIFAR-100 in the official binary version (Krizhevsky 2009): label bytes, then 3072 bytes of planes.</summary>
internal sealed class Cifar : IDataset
{
    private const int Side = 32, Plane = Side * Side, ImageBytes = 3 * Plane;
    private static readonly string[] Classes10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private readonly byte[] _pixels;   // [N,32,32,3]
    private readonly byte[] _labels;   // [N]

    private Cifar(string name, IReadOnlyList<string> files, int labelBytes, IReadOnlyList<string> classes)
    {
        (Name, Classes) = (name, classes);
        var record = labelBytes + ImageBytes;
        var contents = files.Select(file =>
        {
            var bytes = File.ReadAllBytes(file);
            return bytes.Length > 0 && bytes.Length % record == 0 ? bytes
                : throw new InvalidDataException(
                    $"{file} has {bytes.Length} bytes, which is not a multiple of the {record} of a CIFAR-{classes.Count} record; "
                        + "download it again.");
        }).ToList();
        var records = contents
            .SelectMany(bytes => Enumerable.Range(0, bytes.Length / record).Select(i => bytes.AsMemory(i * record, record)))
            .ToList();
        _labels = [.. records.Select(r => r.Span[labelBytes - 1])];   // CIFAR-100: coarse, then fine
        if (_labels.Any(l => l >= classes.Count))
            throw new InvalidDataException(
                $"{name} holds label {_labels.Max()}, but there are {classes.Count} classes; is this the other CIFAR?");
        _pixels = new byte[records.Count * ImageBytes];
        Parallel.For(0, records.Count, i => Interleave(records[i].Span[labelBytes..], _pixels.AsSpan(i * ImageBytes, ImageBytes)));
    }

    /// <summary>Reads files of CIFAR-10.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="files">For instance data_batch_1.bin to data_batch_5.bin.</param>
    /// <exception cref="InvalidDataException">A file has a size or label that CIFAR-10 does not have.</exception>
    public static Cifar Ten(string name, IReadOnlyList<string> files) => new(name, files, 1, Classes10);

    /// <summary>Reads a file of CIFAR-100, by its fine labels.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="file">train.bin or test.bin; class names are read from fine_label_names.txt beside it, if there.</param>
    /// <exception cref="InvalidDataException">The file has a size or label that CIFAR-100 does not have.</exception>
    public static Cifar Hundred(string name, string file)
    {
        var names = Path.Combine(Path.GetDirectoryName(file) ?? "", "fine_label_names.txt");
        var classes = File.Exists(names)
            ? File.ReadAllLines(names).Where(l => l.Length > 0).ToArray()
            : [.. Enumerable.Range(0, 100).Select(i => $"class {i}")];
        return classes.Length == 100
            ? new Cifar(name, [file], 2, classes)
            : throw new InvalidDataException(
                $"{names} has {classes.Length} names, but CIFAR-100 has 100 classes; download it again.");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _labels.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer) => new(_pixels.AsMemory(index * ImageBytes, ImageBytes), Side, Side);

    /// <inheritdoc/>
    public int? Label(int index) => _labels[index];

    /// <inheritdoc/>
    public string ItemName(int index) => $"{Name}/{index:D5}";

    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> pixels)
    {
        for (var i = 0; i < Plane; i++)
        {
            for (var c = 0; c < 3; c++) pixels[3 * i + c] = planes[c * Plane + i];
        }
    }
}
