using Byol.Embeddings;
using Byol.Evaluation.Classification;
using Parquet;
using Parquet.Schema;

namespace Byol.Predictions;

/// <summary>Parquet: a row for each image, a row group for every hundred thousand.</summary>
internal sealed class ParquetPredictionWriter : IPredictionWriter
{
    private const int GroupRows = 100_000;

    private static readonly DataField
        NameColumn = new DataField<string>("name", nullable: false), LabelColumn = new DataField<string>("label", nullable: false),
        ProbabilityColumn = new DataField<double>("probability"), NoveltyColumn = new DataField<double>("novelty"),
        AboveColumn = new DataField<double?>("novelty_above"), DoubtColumn = new DataField<string>("doubt", nullable: true);

    private readonly PendingFile _file;
    private readonly ParquetWriter _writer;
    private readonly List<(string Name, Prediction Prediction)> _rows = [];

    public ParquetPredictionWriter(string path)
    {
        _file = new PendingFile(path);
        var schema = new ParquetSchema(NameColumn, LabelColumn, ProbabilityColumn, NoveltyColumn, AboveColumn, DoubtColumn);
        _writer = Wait(ParquetWriter.CreateAsync(schema, _file.Stream));
    }

    public void Write(string name, Prediction prediction)
    {
        _rows.Add((name, prediction));
        if (_rows.Count == GroupRows) WriteGroup();
    }

    public void Complete()
    {
        WriteGroup();
        Wait(_writer.DisposeAsync().AsTask());
        _file.Complete();
    }

    private void WriteGroup()
    {
        if (_rows.Count == 0) return;
        using (var group = _writer.CreateRowGroup())
        {
            Wait(group.WriteAsync(NameColumn, [.. _rows.Select(r => r.Name)]));
            Wait(group.WriteAsync(LabelColumn, [.. _rows.Select(r => r.Prediction.Label)]));
            Wait(group.WriteAsync<double>(ProbabilityColumn, _rows.Select(r => r.Prediction.Probability).ToArray()));
            Wait(group.WriteAsync<double>(NoveltyColumn, _rows.Select(r => r.Prediction.Novelty).ToArray()));
            Wait(group.WriteAsync<double>(AboveColumn, _rows.Select(r => r.Prediction.NoveltyAbove).ToArray()));
            Wait(group.WriteAsync(DoubtColumn, [.. _rows.Select(r => PredictionFile.Name(r.Prediction.Doubt))]));
        }
        _rows.Clear();
    }

    // The stream is a file's: there is nothing to wait for.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    public void Dispose() => _file.Dispose();
}
