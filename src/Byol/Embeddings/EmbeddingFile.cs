using System.Runtime.InteropServices;
using Byol.Models;
using Byol.TensorFiles;

namespace Byol.Embeddings;

/// <summary>Writes embeddings to a file batch by batch, in memory that does not grow.</summary>
internal interface IEmbeddingWriter : IDisposable
{
    /// <summary>Adds a batch.</summary>
    /// <param name="rows">[n,D], row by row.</param>
    /// <param name="images">n images, in the same order.</param>
    void Write(ReadOnlySpan<float> rows, IReadOnlyList<EmbeddedImage> images);

    /// <summary>Completes the file; without this call there is no file.</summary>
    void Complete();
}

/// <summary>Embeddings in a file: .npy, .csv or .parquet, by its ending.</summary>
public static class EmbeddingFile
{
    private const int SpanElements = 1 << 28;   // a span of bytes ends at 2 GiB

    /// <summary>The endings that are known.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".npy", ".csv", ".parquet"];

    /// <summary>Whether a file's name ends like one of these.</summary>
    /// <param name="path">A path or name.</param>
    internal static bool IsKnown(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>Begins a file, which gets its name when it is complete.</summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="dimension">D.</param>
    /// <param name="source">What made the embeddings, to be stored with them; null if it is not known.</param>
    /// <exception cref="ArgumentException">The ending is not known.</exception>
    internal static IEmbeddingWriter Create(string path, int dimension, EmbeddingSource? source = null) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npy" => new NpyWriter(path, dimension, source),
            ".csv" => new CsvWriter(path, dimension, source),
            ".parquet" => new ParquetEmbeddingWriter(path, dimension, source),
            _ => throw NotKnown(path),
        };

    /// <summary>Reads a file that <see cref="Create"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArgumentException">There is no such file, or its ending is not known.</exception>
    /// <exception cref="InvalidDataException">It holds something else, is damaged, or has an embedding that is not finite.</exception>
    public static EmbeddingSet Read(string path)
    {
        if (!IsKnown(path)) throw NotKnown(path);
        if (!File.Exists(path)) throw new ArgumentException($"Embeddings {path} do not exist; write them with EmbeddingPass.Write.");
        var set = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npy" => NpyReader.Read(path),
            ".csv" => CsvReader.Read(path),
            _ => ParquetEmbeddingReader.Read(path),
        };
        try
        {
            RequireFinite(path, set);
            set.Source ??= SourceFile.Read(path);
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    private static void RequireFinite(string path, EmbeddingSet set)
    {
        var block = Math.Max(1, SpanElements / set.Dimension);
        for (var start = 0; start < set.Images.Count; start += block)
        {
            using var rows = set.Values.narrow(0, start, Math.Min(block, set.Images.Count - start));
            try
            {
                NonFiniteEmbeddingException.ThrowIfAny(MemoryMarshal.Cast<byte, float>(rows.bytes), set.Dimension);
            }
            catch (NonFiniteEmbeddingException e)
            {
                var row = start + e.Row;
                throw new InvalidDataException(
                    $"{path} cannot be used as embeddings: row {row}, of {Printable.Of(set.Images[row].Name)}, holds {e.Value}; "
                    + "embed the images again with EmbeddingPass.Write.", e);
            }
        }
    }

    private static ArgumentException NotKnown(string path) => new($"{path} must end in {string.Join(" or ", Extensions)}.");
}
