using System.Text;
using System.Text.Json;

namespace Byol.Runs;

/// <summary>A figure of a run, as charts name it.</summary>
internal enum RunFigure
{
    Loss, LearningRate, Tau, EmbeddingStd, ImagesPerSecond, DataWait, Knn, Probe, Linear, EffectiveRank, RepresentationStd, Alignment,
    Uniformity,
}

/// <summary>One line of a log, from any version: figures and words by their keys. What is not known is skipped.</summary>
/// <remarks>For curves of a million lines: the records of <see cref="RunLog"/> would be a million objects.</remarks>
internal sealed class LogLine
{
    private const int LongestWords = 400;

    // In the order in which they are written, so that the next key is nearly always the next of these.
    private static readonly byte[][] Keys = [.. new[]
    {
        "step", "epoch", "loss", "learning_rate", "tau", "embedding_std", "images_per_second", "data_wait", "knn", "effective_rank",
        "representation_std", "alignment", "uniformity", "seconds", "probe", "linear", "budget_steps", "rewound_from",
    }.Select(Encoding.UTF8.GetBytes)];

    private static readonly (byte[] Key, string Kind)[] WordKeys =
        [("alarm"u8.ToArray(), "alarm"), ("unreadable"u8.ToArray(), "unreadable"), ("non_finite"u8.ToArray(), "non_finite"),
        ("because"u8.ToArray(), "rewind"),
        ("shortfall"u8.ToArray(), "shortfall")];

    // The place of each figure among the keys, in the order of RunFigure.
    private static readonly int[] Places = [2, 3, 4, 5, 6, 7, 8, 14, 15, 9, 10, 11, 12];

    private readonly double[] _values = new double[Keys.Length];

    /// <summary>Optimizer steps taken.</summary>
    public long Step => _values[0] is >= 0 and < 1e15 and var step ? (long)step : 0;

    /// <summary>Epochs done, or NaN.</summary>
    public double Epoch => _values[1];

    /// <summary>Training time of the process that wrote it, or NaN.</summary>
    public double Seconds => _values[13];

    /// <summary>Steps that fit into the run's budget, or NaN.</summary>
    public double BudgetSteps => _values[16];

    /// <summary>What kind of event it is, with its words; null if it has figures only.</summary>
    public (string Kind, string Words)? Event { get; private set; }

    /// <summary>A figure, or NaN if the line has none.</summary>
    public double this[RunFigure figure] => _values[Places[(int)figure]];

    /// <summary>Reads a line in place of the one before.</summary>
    /// <returns>Whether it is a JSON object with a step.</returns>
    public bool Read(ReadOnlySpan<byte> line)
    {
        Array.Fill(_values, double.NaN);
        Event = null;
        try
        {
            var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 8 });
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
            for (var expected = 0; json.Read() && json.TokenType == JsonTokenType.PropertyName;)
            {
                var key = Find(ref json, ref expected);
                var words = key < 0 ? FindWords(ref json) : -1;
                json.Read();
                if (key >= 0) _values[key] = Number(ref json);
                else if (words >= 0 && json.TokenType == JsonTokenType.String) Event = (WordKeys[words].Kind, Words(ref json));
                else json.Skip();
            }
            return double.IsFinite(_values[0]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;      // cut short, damaged, or not UTF-8
        }
    }

    private static int Find(ref Utf8JsonReader json, ref int expected)
    {
        for (var i = 0; i < Keys.Length; i++)
        {
            var key = (expected + i) % Keys.Length;
            if (!json.ValueTextEquals(Keys[key])) continue;
            expected = key + 1;
            return key;
        }
        return -1;
    }

    private static int FindWords(ref Utf8JsonReader json)
    {
        for (var i = 0; i < WordKeys.Length; i++)
        {
            if (json.ValueTextEquals(WordKeys[i].Key)) return i;
        }
        return -1;
    }

    private static double Number(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Number && json.TryGetDouble(out var value)) return value;
        json.Skip();           // "NaN" and "Infinity" are not drawn
        return double.NaN;
    }

    private static string Words(ref Utf8JsonReader json) => json.GetString() is { Length: > LongestWords } text
        ? text[..LongestWords] + "…" : json.GetString()!;
}
