using System.Globalization;
using System.Text;

namespace Byol.Embeddings;

/// <summary>Reads what <see cref="CsvWriter"/> writes, and the names beside a .npy.</summary>
internal static class CsvReader
{
    public static EmbeddingSet Read(string path)
    {
        using var parts = new EmbeddingCollector();
        foreach (var (image, row) in Records(path, dimension: null)) parts.Write(row, [image]);
        return parts.ToSet(path);
    }

    /// <summary>Names and labels alone.</summary>
    public static IReadOnlyList<EmbeddedImage> ReadNames(string path) => File.Exists(path)
        ? [.. Records(path, dimension: 0).Select(r => r.Image)]
        : throw new InvalidDataException($"{path} does not exist: it names the images of the .npy beside it; "
            + "write both with EmbeddingPass.Write.");

    private static IEnumerable<(EmbeddedImage Image, float[] Row)> Records(string path, int? dimension)
    {
        using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var line = 1;
        var columns = Next() ?? throw Unfit("it is empty");
        if (columns is not ["name", "label", .. var numbers] || (dimension is { } wanted && numbers.Count != wanted))
            throw Unfit("its columns must be name, label, e0, e1 …");
        while (Next() is { } fields)
        {
            line++;
            if (fields.Count != columns.Count || fields[0] is not { } name)
                throw Unfit($"record {line} has {fields.Count} fields of {columns.Count}");
            var row = new float[fields.Count - 2];
            for (var d = 0; d < row.Length; d++)
            {
                if (!float.TryParse(fields[d + 2], CultureInfo.InvariantCulture, out row[d]))
                    throw Unfit($"{fields[d + 2]} in record {line} is not a number");
            }
            yield return (new EmbeddedImage(name, fields[1]), row);
        }

        List<string?>? Next()
        {
            try
            {
                return CsvText.Read(reader);
            }
            catch (Exception e) when (e is FormatException or DecoderFallbackException)
            {
                throw Unfit($"record {line} is not CSV ({e.Message.TrimEnd('.')})");
            }
        }

        InvalidDataException Unfit(string why) => new($"{path} cannot be used as embeddings: {why}; write it with EmbeddingPass.Write.");
    }
}
