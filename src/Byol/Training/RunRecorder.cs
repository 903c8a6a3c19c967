using System.Globalization;
using Byol.Method;
using Byol.Runs;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Training;

/// <summary>Keeps the record of a run and tells whoever listens: figures of steps, evaluations between epochs, the alarm. A resumed run's
/// record is that of the run that was never interrupted, but for what the clock says.</summary>
internal sealed class RunRecorder : IDisposable
{
    private readonly TrainingOptions _training;
    private readonly OnlineEvaluation _evaluation;
    private readonly ITrainingProgress _progress;
    private readonly TrainingPlan _plan;
    private readonly RunLength _length;
    private readonly TimeProvider _clock;
    private readonly RunLog _log;
    private readonly StepMeter _meter;
    private readonly CollapseAlarm _alarm;
    private StepRecord? _last;
    private KnnRecord? _accuracy;
    private (long Step, double Knn) _best = (-1, double.NegativeInfinity);
    private long _diagnosed = -1;
    private readonly SortedSet<int> _unreadable;
    private bool _collapsed;

    public RunRecorder(
        Recipe recipe, RunDirectory run, OnlineEvaluation evaluation, ITrainingProgress progress, TrainingPlan plan, RunLength length,
        RunProgress? from, bool resume, TimeProvider clock)
    {
        (_training, _evaluation, _progress, _plan, _length, _clock) = (recipe.Training, evaluation, progress, plan, length, clock);
        _log = new RunLog(run.Metrics, resume ? plan.FirstStep : -1);
        _collapsed = RunLog.Read<AlarmRecord>(run.Metrics, "alarm").Count > 0;
        if (RunLog.Read<DiagnosisRecord>(run.Metrics, "effective_rank") is [.., var diagnosis]) _diagnosed = diagnosis.Step;
        if (RunLog.Read<StepRecord>(run.Metrics, "loss") is [.., var steps]) _last = steps;
        foreach (var known in RunLog.Read<KnnRecord>(run.Metrics, "knn")) Note(known);
        _unreadable = [.. RunLog.Read<UnreadableRecord>(run.Metrics, "unreadable").Select(r => r.Index)];
        var rewinds = RunLog.Read<RewindRecord>(run.Metrics, "rewound_from").Where(r => r.Step == plan.FirstStep).ToList();
        from ??= RunProgress.None;
        (Rewinds, Skipped) = (rewinds.Count, rewinds is [.., var rewind] ? rewind.Skipped : from.Skipped);
        _meter = new StepMeter(clock, _training.BatchSize, plan.StepsPerEpoch, from);
        _alarm = new CollapseAlarm(from.CollapsedSteps, from.CollapsedDiagnoses, _collapsed);
    }

    /// <summary>The step with the best kNN accuracy so far, the first of several; −1 where nothing was validated.</summary>
    public long BestStep => _best.Step;

    /// <summary>How often the run was rewound to where it starts from.</summary>
    public int Rewinds { get; }

    /// <summary>Batches left out so far.</summary>
    public long Skipped { get; private set; }

    /// <summary>What the log does not say of the steps so far.</summary>
    public RunProgress Progress(long step) =>
        new((double)step / _plan.StepsPerEpoch, _meter.Steps, _meter.LossSum, _meter.EmbeddingStdSum, _alarm.CollapsedSteps,
            _alarm.CollapsedDiagnoses, Skipped);

    /// <summary>Takes note that the run goes on behind the images of a step that could not be taken.</summary>
    public void Rewound(DivergenceException e)
    {
        Skipped = e.Batch + 1 - _plan.FirstStep;
        _log.Add(new RewindRecord(_plan.FirstStep, e.Record.Step, e.Record.NonFinite, Skipped));
        _progress.Warned(
            $"{Divergence.Line(e.Record)} Gone back to step {_plan.FirstStep}; the images up to those of that step are left out.");
    }

    /// <summary>Takes note of a step that could not be taken.</summary>
    public void Diverged(NonFiniteRecord record) => _log.Add(record);

    /// <summary>Indices of images that could not be read so far.</summary>
    public IEnumerable<int> Unreadable => _unreadable;

    /// <summary>Says once of each image that it could not be read.</summary>
    /// <param name="indices">Those of a batch.</param>
    /// <param name="name">Their names.</param>
    /// <param name="step">The step that the batch is for, from 1.</param>
    /// <returns>Whether there was any new one among them.</returns>
    public bool CouldNotRead(IEnumerable<int> indices, Func<int, string> name, long step)
    {
        var before = _unreadable.Count;
        foreach (var index in indices.Where(_unreadable.Add))
        {
            _log.Add(new UnreadableRecord(step, name(index), index, _unreadable.Count));
            _progress.Warned($"{name(index)} could not be read; another image takes its place ({_unreadable.Count} so far, up to 1 %).");
        }
        return _unreadable.Count > before;
    }

    public void Waited(TimeSpan time) => _meter.Waited(time);

    /// <summary>Finds anew how many steps fit into the budget, where there is one and it is time to.</summary>
    public void Fit(Module<Tensor, Tensor> encoder, long step)
    {
        LengthRecord? found = null;
        _meter.Aside(() => found = _length.Revise(step, () => _evaluation.Estimate(encoder, _progress.Warned, _clock)));
        if (found is null) return;
        _log.Add(found);
        _progress.Fitted(found);
    }

    /// <summary>Takes note of a step.</summary>
    public void Stepped(StepMetrics figures, long step)
    {
        _meter.Add(figures);
        if (_alarm.Observe(figures.EmbeddingStd))
        {
            Ring(step, string.Create(CultureInfo.InvariantCulture,
                $"nearly all images have had the same embedding for {CollapseAlarm.Patience} steps (std·√d {figures.EmbeddingStd:F3}, "
                + $"healthy is about 1)"));
        }
        if (step % _training.LogEverySteps != 0 && step != _length.Steps && step != 1) return;
        _log.Add(_last = _meter.Read(step));
        _progress.Stepped(_last);
    }

    /// <summary>Evaluates the encoder where that is due and the log does not have it yet:
    /// an interrupted evaluation is made up for.</summary>
    public void Evaluate(Module<Tensor, Tensor> encoder, long step, CancellationToken cancellation)
    {
        if (_length.IsEvaluated(step) && !IsLogged(step))
            _meter.Aside(() => _length.Evaluate(() => Evaluate(encoder, step, (double)step / _plan.StepsPerEpoch, cancellation)));
    }

    private bool IsLogged(long step) => _diagnosed == step && (!_evaluation.Scores || _accuracy?.Step == step);

    private void Evaluate(Module<Tensor, Tensor> encoder, long step, double epoch, CancellationToken cancellation)
    {
        if (_diagnosed != step) Diagnose(encoder, step, epoch, cancellation);
        if (_accuracy?.Step == step || _evaluation.Score(encoder, _progress.Warned, cancellation) is not { } scored) return;
        var accuracy = new KnnRecord(step, epoch, scored.Knn, _meter.Seconds) { Probe = scored.Probe };
        Note(accuracy);
        _log.Add(accuracy);
        _progress.Evaluated(accuracy);
    }

    /// <summary>Flushes the log to disk.</summary>
    public void Flush() => _log.Flush();

    /// <summary>How the run stands.</summary>
    public TrainingResult Result(long step) => new(
        step >= _length.Steps, step, _last?.Loss ?? double.NaN, _last?.EmbeddingStd ?? double.NaN,
        _collapsed, _accuracy?.Knn, _accuracy?.Probe, _meter.Seconds);

    private void Note(KnnRecord accuracy)
    {
        _accuracy = accuracy;
        if (accuracy.Knn > _best.Knn) _best = (accuracy.Step, accuracy.Knn);
    }

    private void Diagnose(Module<Tensor, Tensor> encoder, long step, double epoch, CancellationToken cancellation)
    {
        if (_evaluation.Diagnose(encoder, _progress.Warned, cancellation) is not { } found) return;
        var diagnosis = new DiagnosisRecord(step, epoch, found.EffectiveRank, found.Std, found.Alignment, found.Uniformity, _meter.Seconds);
        _diagnosed = step;
        _log.Add(diagnosis);
        _progress.Diagnosed(diagnosis);
        if (_alarm.Observe(step, found.Std, found.EffectiveRank))
        {
            Ring(step, string.Create(CultureInfo.InvariantCulture,
                $"representations of {found.Images} images are nearly the same, or differ along one direction only (std·√D {found.Std:F3}, "
                + $"effective rank {found.EffectiveRank:F2} of {found.Dimension})"));
        }
    }

    private void Ring(long step, string what)
    {
        _collapsed = true;
        _log.Add(new AlarmRecord(step, what));
        _progress.Warned($"Collapse: {what}. Stop, and raise method.tau, keep the predictor, or lower optimizer.learning_rate.");
    }

    public void Dispose() => _log.Dispose();
}
