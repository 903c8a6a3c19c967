using System.Buffers.Binary;
using System.IO.Compression;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Faults.Fuzzing;

/// <summary>Files of the MNIST family: images or labels, plain or zipped; of the zipped ones half are damaged before, half after.</summary>
internal sealed class IdxTarget : IFuzzTarget
{
    private const string Images = "a-images-idx3-ubyte", Labels = "a-labels-idx1-ubyte";

    private readonly byte[] _images = Idx([0x803, 3, 5, 4], 60), _labels = Idx([0x801, 3], 3);
    private readonly byte[] _zippedImages, _zippedLabels;

    public IdxTarget() => (_zippedImages, _zippedLabels) = (Zipped(_images), Zipped(_labels));

    public string Name => "idx";

    public void Prepare(string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, $"sound-{Images}"), _images);
        File.WriteAllBytes(Path.Combine(folder, $"sound-{Labels}"), _labels);
    }

    public FuzzInput Mutate(Random random)
    {
        var images = random.Next(4) != 0;
        var (file, plain, zipped) = images ? (Images, _images, _zippedImages) : (Labels, _labels, _zippedLabels);
        byte[] Damaged() => Mutation.Damage(random, plain, images ? _labels : _images, 16);
        return random.Next(8) switch
        {
            < 5 => new FuzzInput(file, Damaged()),
            5 => new FuzzInput($"{file}.gz", Zipped(Damaged())),
            _ => new FuzzInput($"{file}.gz", Mutation.Damage(random, zipped, plain, 20)),
        };
    }

    public void Read(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        var data = path.Contains(Images, StringComparison.Ordinal)
            ? Data.Datasets.Idx.Open("fuzz", path, Path.Combine(folder, $"sound-{Labels}"))
            : Data.Datasets.Idx.Open("fuzz", Path.Combine(folder, $"sound-{Images}"), path);
        ReadAll(data);
    }

    public bool IsRefusal(Exception e) => e is InvalidDataException;

    /// <summary>Reads the first and the last images of data that was accepted, with their labels and names.</summary>
    public static void ReadAll(IDataset data)
    {
        var buffer = new ImageBuffer();
        foreach (var i in Enumerable.Range(0, data.Count).Where(i => i < 8 || i >= data.Count - 8))
        {
            var image = data.Read(i, buffer);
            if (image.Pixels.Length != image.Width * image.Height * Image8.Channels)
                throw new InvalidOperationException($"Image {i} has {image.Pixels.Length} bytes.");
            if (data.Label(i) is { } label && label >= data.Classes.Count)
                throw new InvalidOperationException($"Image {i} has label {label}.");
            data.ItemName(i);
        }
    }

    private static byte[] Idx(int[] words, int content)
    {
        var bytes = new byte[4 * words.Length + content];
        for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), words[i]);
        for (var i = 0; i < content; i++) bytes[4 * words.Length + i] = (byte)i;
        return bytes;
    }

    private static byte[] Zipped(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Fastest)) zip.Write(bytes);
        return memory.ToArray();
    }
}
