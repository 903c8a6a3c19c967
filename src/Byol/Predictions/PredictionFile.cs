using Byol.Evaluation.Classification;

namespace Byol.Predictions;

/// <summary>Takes predictions as they come and writes them to a file.</summary>
public interface IPredictionWriter : IDisposable
{
    /// <summary>Adds one.</summary>
    /// <param name="name">The image.</param>
    /// <param name="prediction">What is said of it.</param>
    void Write(string name, Prediction prediction);

    /// <summary>Ends the file; without it there is none.</summary>
    void Complete();
}

/// <summary>Predictions in a file: .csv or .parquet, by its ending. The columns are name, label, probability, novelty, novelty_above (0.9,
/// 0.95, 0.99 or nothing) and doubt (unsure, novel or nothing).</summary>
public static class PredictionFile
{
    /// <summary>The endings that are known.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".csv", ".parquet"];

    /// <summary>Begins a file. It has its name only once it is complete.</summary>
    /// <param name="path">Where to; what is there is replaced.</param>
    /// <exception cref="ArgumentException">The ending is not known.</exception>
    public static IPredictionWriter Create(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" => new CsvPredictionWriter(path),
        ".parquet" => new ParquetPredictionWriter(path),
        _ => throw new ArgumentException($"{path} must end in {string.Join(" or ", Extensions)}."),
    };

    /// <summary>How files name a doubt; null where there is none.</summary>
    internal static string? Name(Doubt doubt) => doubt == Doubt.None ? null : doubt.ToString().ToLowerInvariant();
}
