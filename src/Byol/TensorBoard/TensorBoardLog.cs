using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Byol.Runs;

namespace Byol.TensorBoard;

/// <summary>Writes a run's metrics for TensorBoard: an event file in the run's folder for each process that trains it, and the embeddings
/// of the last evaluation for the projector.</summary>
/// <remarks>The format is TensorFlow's: records (tensorflow/core/lib/io/record_writer.h) of events (event.proto), and for the projector
/// projector_config.pbtxt beside tables of tensors and labels.</remarks>
/// <param name="run">The run's folder.</param>
public sealed class TensorBoardLog(string run) : IRunListener, IDisposable
{
    private static readonly (string, double)[] None = [];
    private EventFile? _file;
    private uint _diagnoses;
    private DateTime _drawn;

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
        // A sheet is far larger than figures: after the 1st, 2nd, 4th, 8th ... evaluation.
        if (record is DiagnosisRecord && BitOperations.IsPow2(++_diagnoses)) Picture(record.Step);
    }

    /// <summary>Completes the file, and writes the projector's files if the run has embeddings.</summary>
    public void Dispose()
    {
        if (_file is null) return;
        _file.Dispose();
        _file = null;
        try
        {
            if (EmbeddingSnapshot.Read(run) is { } embeddings) Projector.Write(run, embeddings);
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
            if (step == 0) Picture(step);
        }
        _file.Write(EventMessage.Begin(Now, step));
    }

    private void Picture(long step)
    {
        var sheet = new FileInfo(RunDirectory.ViewsIn(run));
        if (!sheet.Exists || sheet.LastWriteTimeUtc == _drawn) return;
        _drawn = sheet.LastWriteTimeUtc;
        var png = File.ReadAllBytes(sheet.FullName);
        _file!.Write(EventMessage.Picture(Now, step, "views", png, Side(png, 16), Side(png, 20)));
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

    // A PNG has its width and height behind its first chunk's name.
    private static int Side(byte[] png, int at) => png.Length >= at + 4 ? BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at)) : 0;
}
