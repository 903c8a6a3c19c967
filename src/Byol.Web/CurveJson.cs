using System.Buffers;
using System.Text.Json;
using Byol.Reports;
using Byol.Runs;

namespace Byol.Web;

/// <summary>A run's curves as JSON. Those that have not changed are not written again: numbers are what an answer's time goes into.</summary>
internal sealed class CurveJson
{
    private readonly Dictionary<RunFigure, (ThinnedSeries Series, long Count, byte[] Json)> _written = [];

    /// <summary>The curves, and the last lines that the run told people.</summary>
    /// <param name="run">As it was last read.</param>
    public ReadOnlyMemory<byte> Of(ObservedRun run)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 18);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("series");
            foreach (var (figure, series) in run.Figures.Series.Where(s => s.Value.Count > 0))
            {
                json.WritePropertyName(RunView.NameOf(figure));
                json.WriteRawValue(Written(figure, series), skipInputValidation: true);
            }
            json.WriteEndObject();
            json.WritePropertyName("lines");
            JsonSerializer.Serialize(json, run.Lines, PageTemplate.Json);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    // A log that was started again has other series.
    private byte[] Written(RunFigure figure, ThinnedSeries series)
    {
        if (_written.TryGetValue(figure, out var before) && before.Series == series && before.Count == series.Count) return before.Json;
        var json = JsonSerializer.SerializeToUtf8Bytes(SeriesView.Of(series), PageTemplate.Json);
        _written[figure] = (series, series.Count, json);
        return json;
    }
}
