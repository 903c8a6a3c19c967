namespace Byol.Embeddings;

/// <summary>Takes embeddings as they come and writes them to a file, in memory that does not grow.</summary>
public interface IEmbeddingWriter : IDisposable
{
    /// <summary>Adds some.</summary>
    /// <param name="rows">[n,D], row by row.</param>
    /// <param name="images">n images, in the same order.</param>
    void Write(ReadOnlySpan<float> rows, IReadOnlyList<EmbeddedImage> images);

    /// <summary>Ends the file; without it there is none.</summary>
    void Complete();
}

/// <summary>Embeddings in a file: .npy, .csv or .parquet, by its ending.</summary>
public static class EmbeddingFile
{
    /// <summary>The endings that are known.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".npy", ".csv", ".parquet"];

    /// <summary>Whether a file's name ends like one of these.</summary>
    /// <param name="path">A path or name.</param>
    public static bool IsKnown(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>Begins a file. It has its name only once it is complete.</summary>
    /// <param name="path">Where to; what is there is replaced.</param>
    /// <param name="dimension">D.</param>
    /// <exception cref="ArgumentException">The ending is not known.</exception>
    public static IEmbeddingWriter Create(string path, int dimension) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".npy" => new NpyWriter(path, dimension),
        ".csv" => new CsvWriter(path, dimension),
        ".parquet" => new ParquetEmbeddingWriter(path, dimension),
        _ => throw NotKnown(path),
    };

    /// <summary>Reads a file that <see cref="Create"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArgumentException">There is no such file, or its ending is not known.</exception>
    /// <exception cref="InvalidDataException">It holds something else, or is damaged.</exception>
    public static EmbeddingSet Read(string path)
    {
        if (!IsKnown(path)) throw NotKnown(path);
        if (!File.Exists(path)) throw new ArgumentException($"Embeddings {path} do not exist; write them with byol embed.");
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npy" => NpyReader.Read(path),
            ".csv" => CsvReader.Read(path),
            _ => ParquetEmbeddingReader.Read(path),
        };
    }

    private static ArgumentException NotKnown(string path) => new($"{path} must end in {string.Join(" or ", Extensions)}.");
}
