using System.Globalization;
using Byol.Data.Datasets;
using Byol.Runs;
using Byol.Training;

namespace Byol.Cli.Terminal;

/// <summary>Training progress on standard error: a live bar on a terminal, one line per interval otherwise.</summary>
/// <remarks>Between two records of training the bar is moved once a second by what the last ones say. Where nothing can be written any
/// more, because a pipe was closed or a disk is full, it falls silent and training goes on.</remarks>
internal sealed class ConsoleProgress(TextWriter output, bool terminal, int width, TimeProvider clock) : IRunListener
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10), Tempo = TimeSpan.FromSeconds(1);
    private const double LongestTime = 1e9;   // seconds; thirty years
    private readonly Lock _lock = new();
    private readonly bool _colors = ProgressLine.HasColors(terminal);
    private bool _barIsOpen, _silent;
    private long _startStep, _totalSteps = 1, _stepsPerEpoch = 1, _lastLine, _shown;
    private StepRecord? _last, _before;

    /// <summary>Receives every record too.</summary>
    public IRunListener? Also { get; init; }

    /// <summary>Columns of the terminal, where it may be made wider or narrower meanwhile.</summary>
    public Func<int> Width { get; init; } = () => width;

    /// <summary>Standard error as it is.</summary>
    public static ConsoleProgress OnStandardError(IRunListener? also = null) => Console.IsErrorRedirected
        ? new ConsoleProgress(Console.Error, false, 0, TimeProvider.System) { Also = also }
        : new ConsoleProgress(Console.Error, true, 0, TimeProvider.System) { Also = also, Width = () => Math.Max(40, Console.WindowWidth) };

    /// <summary>Trains a run and shows it on standard error.</summary>
    public static TrainingResult Train(PretrainingRun run, IDataset? validation, CancellationToken cancellation, IRunListener? also = null)
    {
        var progress = OnStandardError(also);
        using var tempo = TimeProvider.System.CreateTimer(_ => progress.Tick(), null, Tempo, Tempo);
        try
        {
            return run.Train(validation, progress, cancellation);
        }
        finally
        {
            progress.Ended();
        }
    }

    public void Receive(RunRecord record)
    {
        Also?.Receive(record);
        lock (_lock) Show(record);
    }

    /// <summary>Moves the bar by the time that has gone.</summary>
    public void Tick()
    {
        lock (_lock)
        {
            if (!terminal || !_barIsOpen || _last is not { } last) return;
            var gone = clock.GetElapsedTime(_shown).TotalSeconds;
            var rate = _before is { } before && last.Seconds > before.Seconds && last.Step > before.Step
                ? (last.Step - before.Step) / (last.Seconds - before.Seconds) : 0;
            var ahead = Math.Min(rate * gone, Math.Max(0, last.Step - (_before?.Step ?? last.Step)));    // no farther than the next record
            Draw(last, last.Step + (long)ahead, gone);
        }
    }

    /// <summary>Leaves the bar as it stands; what follows begins on a line of its own.</summary>
    public void Ended()
    {
        lock (_lock)
        {
            if (_barIsOpen) Write(Environment.NewLine);
            _barIsOpen = false;
        }
    }

    private void Show(RunRecord record)
    {
        switch (record)
        {
            case PlanRecord plan:
                (_startStep, _totalSteps, _stepsPerEpoch) = (plan.Step, plan.TotalSteps, plan.StepsPerEpoch);
                (_last, _before, _lastLine) = (null, null, clock.GetTimestamp());
                Line($"{plan}");
                break;
            case LengthRecord length:
                var first = _totalSteps == 0;
                _totalSteps = length.BudgetSteps;
                if (first) Line(string.Create(CultureInfo.InvariantCulture,
                    $"about {length.BudgetSteps:N0} steps fit ({Epochs()} epochs); re-estimated during training"));
                break;
            case StepRecord steps:
                Show(steps);
                break;
            case KnnRecord or DiagnosisRecord:
                Line($"{record}");
                break;
            case { NeedsAttention: true }:
                Line(_colors ? $"\x1b[33m{Warnings.Line($"{record}")}\x1b[0m" : Warnings.Line($"{record}"));
                break;
        }
    }

    private void Show(StepRecord record)
    {
        if (_totalSteps == 0) return;      // how long the run will be is not known yet
        (_before, _last, _shown) = (_last, record, clock.GetTimestamp());
        if (terminal) Draw(record, record.Step, 0);
        else if (record.Step == _totalSteps || clock.GetElapsedTime(_lastLine) >= LineInterval)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"{(double)record.Step / _totalSteps,4:P0}")
                + string.Concat(Figures(record, record.Step, 0).Select(f => $"  {f.Text}")));
            _lastLine = clock.GetTimestamp();
        }
    }

    private void Draw(StepRecord record, long step, double gone)
    {
        Write($"\r{ProgressLine.Fit(Width(), (double)step / _totalSteps, _colors, Figures(record, step, gone))}\x1b[K");
        _barIsOpen = true;
    }

    private ProgressFigure[] Figures(StepRecord record, long step, double gone) =>
    [
        new($"{Span(Left(record, gone))} left", 9), Figure(5, $"epoch {(double)step / _stepsPerEpoch:F1}/{Epochs()}"),
        Figure(3, $"step {step}"), Figure(8, $"loss {record.Loss:F3}"), Figure(7, $"{record.ImagesPerSecond:F0} images/s"),
        Figure(4, $"wait {record.DataWait:P0}"), Figure(6, $"z' std {record.EmbeddingStd:F2}"), Figure(1, $"τ {record.Tau:F4}"),
        Figure(2, $"lr {record.LearningRate:G3}"),
    ];

    private static ProgressFigure Figure(int importance, FormattableString text) =>
        new(text.ToString(CultureInfo.InvariantCulture), importance);

    private void Line(string text)
    {
        Write((terminal ? $"\r{text}\x1b[K" : text) + Environment.NewLine);
        _barIsOpen = false;
    }

    private void Write(string text)
    {
        if (_silent) return;
        try
        {
            output.Write(text);
        }
        catch (IOException)
        {
            _silent = true;
        }
    }

    private string Epochs() =>
        ((double)_totalSteps / _stepsPerEpoch).ToString("0.#", CultureInfo.InvariantCulture);

    // A clock that was moved makes it wrong for a while, but neither negative nor longer than a time span can be.
    private TimeSpan Left(StepRecord record, double gone)
    {
        var seconds = record.Seconds / Math.Max(1, record.Step - _startStep) * (_totalSteps - record.Step) - gone;
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestTime));
    }

    private static string Span(TimeSpan time) => time.TotalHours >= 1
        ? $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}" : $"{time.Minutes}:{time.Seconds:D2}";
}
