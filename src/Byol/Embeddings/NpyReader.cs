using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Byol.Embeddings;

/// <summary>Reads a two-dimensional array of fp32 as NumPy saves it, and the names beside it.</summary>
internal static partial class NpyReader
{
    public static EmbeddingSet Read(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[10];
        if (file.ReadAtLeast(start, 10, throwOnEndOfStream: false) < 10 || !start.StartsWith(NpyWriter.Magic))
            throw Unfit("it is not an .npy file of version 1.0");
        var header = new byte[start[8] | start[9] << 8];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length) throw Unfit("it ends inside its header");
        var text = Encoding.Latin1.GetString(header);
        if (Shape().Match(text) is not { Success: true } shape
            || !long.TryParse(shape.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || !int.TryParse(shape.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var dimension)
            || dimension == 0)
            throw Unfit("it must hold fp32 in two dimensions, in C order");
        var size = file.Length - file.Position;
        if (count > int.MaxValue || count * dimension > size / sizeof(float) || size != count * dimension * sizeof(float))
            throw Unfit($"its size does not fit its shape of {count} x {dimension}");

        var images = CsvReader.ReadNames(NpyWriter.NamesOf(path));
        if (images.Count != count) throw Unfit($"it has {count} rows, and {NpyWriter.NamesOf(path)} names {images.Count} images");
        var values = empty(count, dimension);
        var rows = Math.Max(1, (1 << 28) / dimension);                   // a span of bytes ends at 2 GiB
        for (var done = 0L; done < count; done += rows)
        {
            using var part = values.narrow(0, done, Math.Min(rows, count - done));
            file.ReadExactly(part.bytes);
        }
        return new EmbeddingSet(values.DetachFromDisposeScope(), images);

        InvalidDataException Unfit(string why) => new($"{path} cannot be used as embeddings: {why}; write it with EmbeddingPass.Write.");
    }

    [GeneratedRegex(@"^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \}\s*$")]
    private static partial Regex Shape();
}
