using Byol.Evaluation.Classification;

namespace Byol.Predictions;

/// <summary>Writes predictions to a file one by one.</summary>
public interface IPredictionWriter : IDisposable
{
    /// <summary>Adds a prediction.</summary>
    /// <param name="name">The name of the image.</param>
    /// <param name="prediction">Its prediction.</param>
    void Write(string name, Prediction prediction);

    /// <summary>Completes the file; without this call there is no file.</summary>
    void Complete();
}

/// <summary>Predictions in a file: .csv or .parquet, by its ending. The columns are name, label, probability, novelty, novelty_above (0.9,
/// 0.95, 0.99 or nothing) and doubt (unsure, novel or nothing).</summary>
public static class PredictionFile
{
    /// <summary>The endings that are known.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".csv", ".parquet"];

    /// <summary>Begins a file, which gets its name when it is complete.</summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <exception cref="ArgumentException">The ending is not known.</exception>
    public static IPredictionWriter Create(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" => new CsvPredictionWriter(path),
        ".parquet" => new ParquetPredictionWriter(path),
        _ => throw new ArgumentException($"{path} must end in {string.Join(" or ", Extensions)}."),
    };

    /// <summary>How files name a doubt; null if there is none.</summary>
    internal static string? Name(Doubt doubt) => doubt == Doubt.None ? null : doubt.ToString().ToLowerInvariant();
}
