using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using static TorchSharp.torch;

namespace Byol.TensorFiles;

/// <summary>Writes tensors as the state dictionary that <c>torch.load</c> reads, with <c>weights_only</c> too: a zip archive of one pickle
/// and one entry for each tensor.</summary>
internal static class TorchWriter
{
    private const string Folder = "encoder/";

    // No clock: the same weights are the same bytes.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a whole file to a stream.</summary>
    /// <param name="stream">The stream to write to; it must be able to seek.</param>
    /// <param name="tensors">Names and fp32 values, of any device and memory layout; written row-major in this order.</param>
    /// <param name="metadata">Free text by key, in an entry that PyTorch passes over.</param>
    public static void Write(Stream stream, IReadOnlyList<(string Name, Tensor Value)> tensors,
        IReadOnlyDictionary<string, string> metadata)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add("data.pkl", entry => entry.Write(PickleWriter.StateDictionary([.. tensors.Select(t => (t.Name, t.Value.shape))])));
        Add("byteorder", entry => entry.Write("little"u8));
        for (var i = 0; i < tensors.Count; i++)
        {
            var value = tensors[i].Value;
            if (value.dtype != ScalarType.Float32)
                throw new ArgumentException($"Tensor {tensors[i].Name} is {value.dtype}; only Float32 is written for PyTorch.");
            Add(string.Create(CultureInfo.InvariantCulture, $"data/{i}"), entry => RowMajor.Read(value, entry.Write));
        }
        Add(TorchLayout.Description, entry => JsonSerializer.Serialize(entry, metadata));
        Add("version", entry => entry.Write("3\n"u8));

        void Add(string name, Action<Stream> write)
        {
            var entry = zip.CreateEntry(Folder + name, CompressionLevel.NoCompression);
            entry.LastWriteTime = Epoch;
            using var content = entry.Open();
            write(content);
        }
    }
}
