using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Byol.Runs;

namespace Byol.TensorBoard;

/// <summary>Writes a run's metrics for TensorBoard: an event file in the run's folder for each process that trains it, and the embeddings
/// of the last evaluation for the projector.</summary>
/// <remarks>The format is TensorFlow's: records (tensorflow/core/lib/io/record_writer.h) of events (event.proto), and for the projector
/// projector_config.pbtxt beside tables of tensors and labels.</remarks>
/// <param name="run">The run's folder.</param>
public sealed class TensorBoardLog(string run) : IRunListener, IDisposable
{
    private const string Embeddings = "projector.tensors.tsv", Names = "projector.names.tsv";
    private static readonly (string, double)[] None = [];
    private EventFile? _file;

    /// <summary>The clock.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    private double Now => (Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <inheritdoc/>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Receive(RunRecord record)
    {
        if (record is PlanRecord plan) Begin(plan.Step);
        if (_file is null || Figures(record) is not { Length: > 0 } figures) return;
        _file.Write(EventMessage.Scalars(Now, record.Step, figures));
    }

    /// <summary>Completes the file, and writes the projector's files if the run has embeddings.</summary>
    public void Dispose()
    {
        if (_file is null) return;
        _file.Dispose();
        _file = null;
        try
        {
            if (EmbeddingSnapshot.Read(run) is { } embeddings) WriteProjector(embeddings);
        }
        catch (InvalidDataException)
        {
            // They were written by an earlier process and are damaged; the run itself does not need them.
        }
    }

    // A run that goes back to a checkpoint begins again within one process.
    private void Begin(long step)
    {
        if (_file is null)
        {
            _file = new EventFile(FreePath());
            _file.Write(EventMessage.Version(Now));
            if (step == 0 && File.Exists(RunDirectory.ViewsIn(run)))
            {
                var png = File.ReadAllBytes(RunDirectory.ViewsIn(run));
                _file.Write(EventMessage.Picture(Now, step, "views", png, Side(png, 16), Side(png, 20)));
            }
        }
        _file.Write(EventMessage.Begin(Now, step));
    }

    private string FreePath()
    {
        var prefix = Path.Combine(
            run, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{(long)Now}.{Environment.MachineName}.byol"));
        return Enumerable.Range(0, int.MaxValue).Select(i => i == 0 ? prefix : $"{prefix}.{i}").First(p => !File.Exists(p));
    }

    private static (string, double)[] Figures(RunRecord record) => record switch
    {
        StepRecord r =>
        [
            ("training/loss", r.Loss), ("training/learning_rate", r.LearningRate), ("training/tau", r.Tau),
            ("training/embedding_std", r.EmbeddingStd), ("speed/images_per_second", r.ImagesPerSecond), ("speed/data_wait", r.DataWait), ("training/epoch", r.Epoch),
        ],
        KnnRecord r =>
        [
            ("evaluation/knn", r.Knn), .. r.Probe is { } probe ? [("evaluation/probe", probe)] : None,
            .. r.Linear is { } linear ? [("evaluation/linear", linear)] : None,
        ],
        DiagnosisRecord r =>
        [
            ("evaluation/effective_rank", r.EffectiveRank), ("evaluation/representation_std", r.RepresentationStd),
            ("evaluation/alignment", r.Alignment), ("evaluation/uniformity", r.Uniformity),
        ],
        _ => None,
    };

    private void WriteProjector(EmbeddingSnapshot embeddings)
    {
        var values = embeddings.ToSingle();
        Write(Embeddings, output =>
        {
            for (var i = 0; i < embeddings.Count; i++)
            {
                output.WriteLine(string.Join('\t', Enumerable.Range(i * embeddings.Dimension, embeddings.Dimension)
                    .Select(at => values[at].ToString("G4", CultureInfo.InvariantCulture))));
            }
        });
        Write(Names, output =>
        {
            var labeled = embeddings.Labels.Count > 0;
            if (labeled) output.WriteLine("name\tlabel");     // one column alone has no heading
            for (var i = 0; i < embeddings.Count; i++)
                output.WriteLine(Cell(embeddings.Names[i]) + (labeled ? $"\t{Cell(embeddings.Labels[i])}" : ""));
        });
        Write("projector_config.pbtxt", output => output.WriteLine(
            $"embeddings {{\n  tensor_name: \"step {embeddings.Step}\"\n  tensor_path: \"{Embeddings}\"\n  metadata_path: \"{Names}\"\n}}"));
    }

    private void Write(string name, Action<TextWriter> write) => RunDirectory.Write(Path.Combine(run, name), stream =>
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        write(text);
    });

    private static string Cell(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    // A PNG has its width and height behind its first chunk's name.
    private static int Side(byte[] png, int at) => png.Length >= at + 4 ? BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at)) : 0;
}
