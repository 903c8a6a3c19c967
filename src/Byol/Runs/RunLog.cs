using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>The append-only log of a run: one JSON object a line, which names its kind, handed to the system line by line.</summary>
internal sealed class RunLog : IRunListener, IDisposable
{
    private const string KindKey = "kind", StepKey = "step";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    // What is logged: its kind, and the key by which it is known in logs of before lines named their kind.
    internal static readonly (Type Type, string Kind, string Key)[] Kinds =
    [
        (typeof(StepRecord), "step", "loss"),
        (typeof(KnnRecord), "knn", "knn"),
        (typeof(DiagnosisRecord), "diagnosis", "effective_rank"),
        (typeof(LengthRecord), "length", "budget_steps"),
        (typeof(AlarmRecord), "alarm", "alarm"),
        (typeof(UnreadableRecord), "unreadable", "unreadable"),
        (typeof(NonFiniteRecord), "non_finite", "non_finite"),
        (typeof(RewindRecord), "rewind", "rewound_from"),
        (typeof(ShortfallRecord), "shortfall", "shortfall"),
    ];

    private readonly string _path;
    private readonly FileStream _file;

    /// <summary>Opens a log, dropping what was written after a step: a resumed run writes that again.
    /// Where nothing is dropped the file is left alone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fromStep">The step that the run is resumed from; below 0 starts afresh.</param>
    internal RunLog(string path, long fromStep)
    {
        _path = path;
        if (File.Exists(path)) Cut(path, fromStep);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);   // a line is one write
    }

    /// <summary>Adds one line, where records of this kind are logged.</summary>
    /// <param name="record">What happened.</param>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Receive(RunRecord record)
    {
        if (Kinds.FirstOrDefault(k => k.Type == record.GetType()) is not { Kind: { } kind }) return;
        var json = JsonSerializer.SerializeToUtf8Bytes(record, record.GetType(), Json);
        try
        {
            _file.Write([.. Encoding.UTF8.GetBytes($"{{\"{KindKey}\":\"{kind}\","), .. json.AsSpan(1), (byte)'\n']);
        }
        catch (IOException e)
        {
            throw DurableFiles.NotWritten(_path, e);
        }
    }

    /// <summary>Flushes the log to disk: a checkpoint must not be ahead of it.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    internal void Flush()
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

    /// <summary>Reads a log; it may be written meanwhile. Kinds that are not known are skipped, and a last line that was cut short ends
    /// it.</summary>
    /// <param name="path">A log.</param>
    public static IReadOnlyList<RunRecord> Read(string path) => Records(Text(path));

    /// <summary>The text of a log; it may be written meanwhile.</summary>
    /// <param name="path">A log.</param>
    public static string Text(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The records of the text of a log, as <see cref="Read(string)"/> has them.</summary>
    /// <param name="text">It.</param>
    public static IReadOnlyList<RunRecord> Records(string text)
    {
        using var reader = new StringReader(text);
        var records = new List<RunRecord>();
        while (reader.ReadLine() is { } line && Parse(line) is { } json)
        {
            using (json)
            {
                if (TypeOf(json.RootElement) is { } type) records.Add((RunRecord)json.Deserialize(type, Json)!);
            }
        }
        return records;
    }

    /// <summary>Reads the records of one type.</summary>
    /// <typeparam name="T">A record that is logged.</typeparam>
    /// <param name="path">A log.</param>
    public static IReadOnlyList<T> Read<T>(string path) where T : RunRecord => [.. Read(path).OfType<T>()];

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void Cut(string path, long fromStep)
    {
        var text = File.ReadAllText(path);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var kept = string.Concat(lines.Where(line => IsUpTo(line, fromStep)).Select(line => line + "\n"));
        if (kept != text) RunDirectory.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(kept)));
    }

    private static bool IsUpTo(string line, long step)
    {
        using var json = Parse(line);
        return json?.RootElement.GetProperty(StepKey).GetInt64() <= step;
    }

    private static Type? TypeOf(JsonElement line) => line.TryGetProperty(KindKey, out var kind)
        ? Kinds.FirstOrDefault(k => kind.ValueKind == JsonValueKind.String && kind.ValueEquals(k.Kind)).Type
        : Kinds.FirstOrDefault(k => line.TryGetProperty(k.Key, out _)).Type;

    // Null if a line is not an object with a step.
    private static JsonDocument? Parse(string line)
    {
        JsonDocument? json = null;
        try
        {
            json = JsonDocument.Parse(line);
            _ = json.RootElement.GetProperty(StepKey).GetInt64();
            return json;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            json?.Dispose();
            return null;
        }
    }
}
