using System.Globalization;
using Byol.Data.Datasets;
using Byol.Runs;
using Byol.Training;

namespace Byol.Cli.Terminal;

/// <summary>Training progress on standard error: a live bar on a terminal, one line per interval otherwise.</summary>
/// <remarks>It draws on the training thread between two steps: no thread of its own allocates while libtorch works. Where nothing can be
/// written any more, because a pipe was closed or a disk is full, it falls silent and training goes on.</remarks>
internal sealed class ConsoleProgress(TextWriter output, bool terminal, int width, TimeProvider clock) : IRunListener
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);
    private const int FiguresWidth = 128, LongestBar = 24;
    private const double LongestTime = 1e9;   // seconds; thirty years
    private bool _barIsOpen, _silent;
    private long _startStep, _totalSteps = 1, _stepsPerEpoch = 1;
    private long _lastLine;

    /// <summary>Standard error as it is.</summary>
    public static ConsoleProgress OnStandardError() => Console.IsErrorRedirected
        ? new ConsoleProgress(Console.Error, false, 0, TimeProvider.System)
        : new ConsoleProgress(Console.Error, true, Math.Max(40, Console.WindowWidth), TimeProvider.System);

    /// <summary>Trains a run and shows it on standard error.</summary>
    public static TrainingResult Train(PretrainingRun run, IDataset? validation, CancellationToken cancellation)
    {
        var progress = OnStandardError();
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
        switch (record)
        {
            case PlanRecord plan:
                (_startStep, _totalSteps, _stepsPerEpoch) = (plan.Step, plan.TotalSteps, plan.StepsPerEpoch);
                _lastLine = clock.GetTimestamp();
                Line($"{plan}");
                break;
            case LengthRecord length:
                Show(length);
                break;
            case StepRecord steps:
                Show(steps);
                break;
            case KnnRecord or DiagnosisRecord:
                Line($"{record}");
                break;
            case { NeedsAttention: true }:
                Line(Warnings.Line($"{record}"));
                break;
        }
    }

    private void Show(LengthRecord record)
    {
        var first = _totalSteps == 0;
        _totalSteps = record.BudgetSteps;
        if (first) Line(string.Create(CultureInfo.InvariantCulture,
            $"about {record.BudgetSteps:N0} steps fit ({Epochs()} epochs); re-estimated during training"));
    }

    private void Show(StepRecord record)
    {
        if (_totalSteps == 0) return;      // how long the run will be is not known yet
        var done = (double)record.Step / _totalSteps;
        var left = Left(record);
        var figures = string.Create(CultureInfo.InvariantCulture,
            $"{Span(left)} left  epoch {record.Epoch:F1}/{Epochs()}  step {record.Step}  loss {record.Loss:F3}  "
            + $"{record.ImagesPerSecond:F0} images/s  wait {record.DataWait:P0}  z' std {record.EmbeddingStd:F2}  "
            + $"τ {record.Tau:F4}  lr {record.LearningRate:G3}");
        if (terminal)
        {
            // The figures matter more than the bar: it has what they leave.
            var bar = Math.Clamp(width - FiguresWidth, 0, LongestBar);
            var filled = (int)(done * bar);
            var line = $"{new string('━', filled)}{new string('─', bar - filled)}{done,4:P0}  {figures}";
            Write($"\r{(line.Length < width ? line : line[..(width - 1)])}\x1b[K");
            _barIsOpen = true;
        }
        else if (record.Step == _totalSteps || clock.GetElapsedTime(_lastLine) >= LineInterval)
        {
            Line($"{done,4:P0}  {figures}");
            _lastLine = clock.GetTimestamp();
        }
    }

    /// <summary>Leaves the bar as it stands; what follows begins on a line of its own.</summary>
    public void Ended()
    {
        if (_barIsOpen) Write(Environment.NewLine);
        _barIsOpen = false;
    }

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
    private TimeSpan Left(StepRecord record)
    {
        var seconds = record.Seconds / Math.Max(1, record.Step - _startStep) * (_totalSteps - record.Step);
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestTime));
    }

    private static string Span(TimeSpan time) => time.TotalHours >= 1
        ? $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}" : $"{time.Minutes}:{time.Seconds:D2}";
}
