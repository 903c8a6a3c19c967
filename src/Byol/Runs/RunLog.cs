using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>Figures of some steps in a row: means over them, and where the run stands after the last.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Epoch">Epochs done, with fraction.</param>
/// <param name="Loss">0 to 8.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="Tau">Of the last step.</param>
/// <param name="EmbeddingStd">Std of normalized target projections times √d: about 1 healthy, 0 collapsed.</param>
/// <param name="ImagesPerSecond">Images (each with its two views) per second.</param>
/// <param name="DataWait">Share of the time that training waited for views, 0 to 1.</param>
/// <param name="Seconds">Training time since the start of this process.</param>
public sealed record StepRecord(
    long Step, double Epoch, double Loss, double LearningRate, double Tau, double EmbeddingStd, double ImagesPerSecond, double DataWait,
    double Seconds);

/// <summary>A figure of the encoder, taken between two epochs.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Knn">Accuracy of weighted nearest neighbors on the validation data, 0 to 1.</param>
/// <param name="Seconds">Training time since the start of this process.</param>
public sealed record KnnRecord(long Step, double Epoch, double Knn, double Seconds)
{
    /// <summary>Accuracy of the online linear probe on the same images, 0 to 1; null where none learns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Probe { get; init; }
}

/// <summary>What the encoder's representations of training images are like, measured between two epochs without labels.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="EffectiveRank">RankMe, from 1 (collapsed).</param>
/// <param name="RepresentationStd">Std of normalized representations times √D: 0 collapsed.</param>
/// <param name="Alignment">Mean squared distance of two views of an image, 0 to 4.</param>
/// <param name="Uniformity">How evenly images lie on the sphere, −8 to 0 (collapsed).</param>
/// <param name="Seconds">Training time since the start of this process.</param>
public sealed record DiagnosisRecord(
    long Step, double Epoch, double EffectiveRank, double RepresentationStd, double Alignment, double Uniformity, double Seconds);

/// <summary>The collapse alarm was raised.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Alarm">What it said.</param>
public sealed record AlarmRecord(long Step, string Alarm);

/// <summary>How many steps fit into the run's budget of time, as found after a step.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="BudgetSteps">K, steps of the whole run.</param>
/// <param name="Spent">Seconds that the run has taken, of all its processes.</param>
public sealed record LengthRecord(long Step, long BudgetSteps, double Spent);

/// <summary>The append-only log of a run: one JSON object a line, handed to the system line by line.</summary>
public sealed class RunLog : IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly string _path;
    private readonly FileStream _file;

    /// <summary>Opens a log, dropping what was written after a step: a resumed run writes that again.
    /// Where nothing is dropped the file is left alone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fromStep">The step that the run goes on from; below 0 starts afresh.</param>
    public RunLog(string path, long fromStep)
    {
        _path = path;
        if (File.Exists(path)) Cut(path, fromStep);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);   // a line is one write
    }

    /// <summary>Adds one line.</summary>
    /// <typeparam name="T">A record of this file.</typeparam>
    /// <param name="record">What to write.</param>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Add<T>(T record)
    {
        try
        {
            _file.Write([.. JsonSerializer.SerializeToUtf8Bytes(record, Json), (byte)'\n']);
        }
        catch (IOException e)
        {
            throw DurableFiles.NotWritten(_path, e);
        }
    }

    /// <summary>Flushes the log to disk: a checkpoint must not be ahead of it.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Flush()
    {
        try
        {
            DurableFiles.Flush(_file);
        }
        catch (IOException e)
        {
            throw DurableFiles.NotWritten(_path, e);
        }
    }

    private static void Cut(string path, long fromStep)
    {
        var text = File.ReadAllText(path);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var kept = string.Concat(lines.Where(line => StepOf(line) <= fromStep).Select(line => line + "\n"));
        if (kept != text) RunDirectory.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(kept)));
    }

    /// <summary>Reads the records of one type.</summary>
    /// <typeparam name="T">A record of this file.</typeparam>
    /// <param name="path">A log.</param>
    /// <param name="key">A property (snake case) that only this type has.</param>
    public static IReadOnlyList<T> Read<T>(string path, string key)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var records = new List<T>();
        while (reader.ReadLine() is { } line)
        {
            if (StepOf(line) == long.MaxValue) break;   // a last line cut short by a crash
            if (line.Contains($"\"{key}\":", StringComparison.Ordinal)) records.Add(JsonSerializer.Deserialize<T>(line, Json)!);
        }
        return records;
    }

    private static long StepOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("step").GetInt64();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return long.MaxValue;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
