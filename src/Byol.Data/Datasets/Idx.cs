using System.Buffers.Binary;
using System.IO.Compression;
using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>The MNIST family's format: gray images in idx3-ubyte, labels in idx1-ubyte, each plain or gzipped.</summary>
internal sealed class Idx : IDataset
{
    private const int ImagesMagic = 0x803, LabelsMagic = 0x801;
    private const long MostBytes = int.MaxValue / 3;   // of gray pixels, which become RGB
    private static readonly string[] FashionClasses =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];
    private static readonly string[] Digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    private readonly byte[] _pixels;    // [N,H,W,3]
    private readonly byte[]? _labels;   // [N]
    private readonly int _width, _height;

    private Idx(string name, string imagesFile, string? labelsFile, IReadOnlyList<string> classes)
    {
        Name = name;
        var images = ReadFile(imagesFile);
        (Count, _height, _width) = (Word(imagesFile, images, 4), Word(imagesFile, images, 8), Word(imagesFile, images, 12));
        Check(Word(imagesFile, images, 0) == ImagesMagic && images.Length == ImageBytes(Count, _height, _width),
            imagesFile, images, "images");
        if (images.Length > MostBytes)
        {
            throw new InvalidDataException(
                $"{imagesFile} has {images.Length} bytes of images, more than {MostBytes} that fit into memory as RGB; split it.");
        }
        _pixels = new byte[images.Length * 3L - 48];
        for (var i = 0; i < images.Length - 16; i++) _pixels.AsSpan(3 * i, 3).Fill(images[16 + i]);
        if (labelsFile is null) return;

        var labels = ReadFile(labelsFile);
        Check(Word(labelsFile, labels, 0) == LabelsMagic && labels.Length == 8 + (long)Word(labelsFile, labels, 4),
            labelsFile, labels, "labels");
        if (labels.Length - 8 != Count)
        {
            throw new InvalidDataException(
                $"{labelsFile} has {labels.Length - 8} labels for the {Count} images of {imagesFile}; use files that belong together.");
        }
        _labels = labels[8..];
        Classes = _labels.Max() < classes.Count ? classes : [.. Enumerable.Range(0, _labels.Max() + 1).Select(i => $"{i}")];
    }

    /// <summary>Reads a pair of files.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="imagesFile">idx3-ubyte, plain or .gz.</param>
    /// <param name="labelsFile">idx1-ubyte, plain or .gz, or null for images without labels.</param>
    /// <exception cref="InvalidDataException">A header does not fit its file, or the files do not fit each other.</exception>
    public static Idx Open(string name, string imagesFile, string? labelsFile) =>
        new(name, imagesFile, labelsFile, name.Contains("fashion", StringComparison.OrdinalIgnoreCase) ? FashionClasses : Digits);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; } = [];

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer) =>
        new(_pixels.AsMemory(index * _height * _width * 3, _height * _width * 3), _width, _height);

    /// <inheritdoc/>
    public int? Label(int index) => _labels?[index];

    /// <inheritdoc/>
    public string ItemName(int index) => $"{Name}/{index:D5}";

    private static byte[] ReadFile(string file)
    {
        if (!file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) return File.ReadAllBytes(file);
        try
        {
            return Unzip(file);
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(file, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{file} is not a whole gzip file ({e.Message.TrimEnd('.')}); download it again.", e);
        }
    }

    private static byte[] Unzip(string file)
    {
        using var zipped = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        var header = new byte[16];
        var read = zipped.ReadAtLeast(header, 16, throwOnEndOfStream: false);
        // The header says how much may follow: a bomb is not unpacked. Nor is the header trusted: memory grows with what is there.
        var promised = read == 16 && BinaryPrimitives.ReadInt32BigEndian(header) == ImagesMagic
            ? ImageBytes(Word(file, header, 4), Word(file, header, 8), Word(file, header, 12))
            : read >= 8 ? 8L + Word(file, header, 4) : 0;
        if (promised is <= 0 or > MostBytes)
        {
            throw new InvalidDataException(
                $"{file} is not an IDX file of the MNIST family: its header promises {promised} bytes.");
        }
        var (bytes, length) = (header, read);
        while (length == bytes.Length && length <= promised)
        {
            Array.Resize(ref bytes, (int)Math.Min(promised + 1, Math.Max(1 << 16, 2L * length)));
            length += zipped.ReadAtLeast(bytes.AsSpan(length), bytes.Length - length, throwOnEndOfStream: false);
        }
        return bytes[..length];
    }

    // Three 31-bit sizes can have a product of 93 bits; 0 if they are not sizes.
    private static long ImageBytes(int count, int height, int width) =>
        count > 0 && height > 0 && width > 0 ? (long)Int128.Min(16 + (Int128)count * height * width, long.MaxValue) : 0;

    private static int Word(string file, byte[] bytes, int at) => bytes.Length >= at + 4
        ? BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at))
        : throw new InvalidDataException($"{file} has {bytes.Length} bytes, too few for an IDX header; download it again.");

    private static void Check(bool holds, string file, byte[] bytes, string kind)
    {
        if (!holds)
        {
            throw new InvalidDataException(
                $"{file} ({bytes.Length} bytes) is not an IDX file of {kind}, or it is cut short; download it again.");
        }
    }
}
