using System.Globalization;
using System.Text.Json;

namespace Byol.Runs;

/// <summary>Where a run stands.</summary>
internal enum RunState
{
    /// <summary>There is no step in its log yet.</summary>
    Waiting,

    /// <summary>Its log was written to not long ago, or a process holds its folder.</summary>
    Running,

    /// <summary>All its steps were taken.</summary>
    Finished,

    /// <summary>It has steps left, and no process trains it.</summary>
    Stopped,

    /// <summary>Its folder is gone or cannot be read.</summary>
    Gone,
}

/// <summary>A run folder that is looked at from outside, while it is trained or afterwards. Nothing is locked and nothing is
/// written.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="clock">The clock.</param>
internal sealed class ObservedRun(string folder, TimeProvider clock)
{
    // An evaluation writes nothing meanwhile, and may take long: then the lock is asked, seldom, as asking holds it for an instant.
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(2), LockInterval = TimeSpan.FromSeconds(30);
    private const double RecentShare = 0.2;
    private DateTime _settingsRead, _linesRead, _labelsRead;
    private int _changes;
    private long? _lockAsked;
    private bool _isHeld;

    /// <summary>The run's folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>Its curves.</summary>
    public RunFigures Figures { get; } = new(RunDirectory.MetricsIn(folder));

    /// <summary>Its settings.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; private set; } = [];

    /// <summary>The last lines that it told people.</summary>
    public IReadOnlyList<string> Lines { get; private set; } = [];

    /// <summary>What guessing the most frequent label would score, where labels are known.</summary>
    public double? Guessing { get; private set; }

    /// <summary>Rises with every change of curves and lines.</summary>
    public int Version => Figures.Version + _changes;

    /// <summary>Where it stands.</summary>
    public RunState State { get; private set; } = RunState.Waiting;

    /// <summary>Looks at the folder again.</summary>
    public void Refresh()
    {
        try
        {
            var recipe = File.GetLastWriteTimeUtc(RunDirectory.RecipeIn(Folder));
            if (recipe != _settingsRead) (Settings, _settingsRead) = (RunSettings.Read(RunDirectory.RecipeIn(Folder)), recipe);
            Figures.Read();
            ReadWords();
            State = Look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            State = RunState.Gone;
        }
    }

    /// <summary>Takes note that its process ends: what is left is not being trained.</summary>
    public void End()
    {
        if (State == RunState.Running) State = RunState.Stopped;
    }

    /// <summary>Steps of the whole run, or null if that is not known.</summary>
    public long? TotalSteps
    {
        get
        {
            if (Figures.BudgetSteps is { } fit) return fit;
            var most = Number("training.max_steps") is >= 1 and var steps ? (long)steps : (long?)null;
            return HasBudget ? most : ByEpochs is { } epochs ? Math.Min(epochs, most ?? epochs) : most;
        }
    }

    /// <summary>The remaining time at the recent speed; null if that is not known.</summary>
    public TimeSpan? Left
    {
        get
        {
            var all = Figures.Series[RunFigure.Loss].Points();
            if (State != RunState.Running || TotalSteps is not { } total || all is not [.., var last]) return null;
            var from = all.FirstOrDefault(p => p.Step >= last.Step * (1 - RecentShare));
            var rate = (last.Seconds - from.Seconds) / Math.Max(1, last.Step - from.Step);
            return TimeSpan.FromSeconds(Math.Clamp(rate * (total - last.Step), 0, 1e9));
        }
    }

    /// <summary>How many images it is trained on; null if it does not say.</summary>
    public long? Images()
    {
        try
        {
            var path = RunDirectory.DataIn(Folder);
            if (new FileInfo(path) is not { Exists: true, Length: < 1 << 20 }) return null;
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return json.RootElement.TryGetProperty("count", out var count) && count.TryGetInt64(out var images) ? images : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private long? ByEpochs => Number("training.epochs") is > 0 and var epochs && Number("training.batch_size") is > 0 and var batch
        && Images() is > 0 and var images ? (long)Math.Ceiling(epochs * Math.Floor(images / batch)) : null;

    private bool HasBudget => Setting("training.budget") is { } budget && budget.Any(c => c is >= '1' and <= '9');

    private string? Setting(string name) => Settings.FirstOrDefault(s => s.Name == name).Value;

    private double? Number(string setting) =>
        Setting(setting) is { } text
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and < 1e12 ? value : null;

    private RunState Look()
    {
        var log = new FileInfo(RunDirectory.MetricsIn(Folder));
        if (!File.Exists(RunDirectory.RecipeIn(Folder))) return RunState.Gone;
        if (Figures.Step == 0) return log.Exists || Figures.Version == 0 ? RunState.Waiting : RunState.Gone;
        if (TotalSteps is { } total && Figures.Step >= total) return RunState.Finished;
        return clock.GetUtcNow() - log.LastWriteTimeUtc < Quiet || IsHeld() ? RunState.Running : RunState.Stopped;
    }

    private void ReadWords()
    {
        var told = File.GetLastWriteTimeUtc(RunTranscript.PathIn(Folder));
        if (told != _linesRead) (Lines, _linesRead, _changes) = (RunTranscript.Last(Folder), told, _changes + 1);
        var labels = File.GetLastWriteTimeUtc(EmbeddingSnapshot.PathIn(Folder));
        if (Guessing is null && labels != _labelsRead) (Guessing, _labelsRead) = (EmbeddingSnapshot.MajorityShare(Folder), labels);
    }

    private bool IsHeld()
    {
        if (_lockAsked is { } last && clock.GetElapsedTime(last) < LockInterval) return _isHeld;
        _lockAsked = clock.GetTimestamp();
        try
        {
            using var file = new FileStream(
                Path.Combine(Folder, RunDirectory.LockName), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return _isHeld = false;
        }
        catch (IOException e)
        {
            return _isHeld = e is not (FileNotFoundException or DirectoryNotFoundException);
        }
    }
}
