namespace Byol.Runs;

/// <summary>Something that a log says beside figures.</summary>
/// <param name="Step">When.</param>
/// <param name="Kind">alarm, unreadable, non_finite or rewind.</param>
/// <param name="Words">What it says.</param>
internal sealed record RunNote(long Step, string Kind, string Words);

/// <summary>All curves of a run, read from its log as it grows; in bounded memory for any length and content of the log.</summary>
/// <param name="path">The log; it need not exist yet.</param>
internal sealed class RunFigures(string path)
{
    private const int MostNotes = 200;
    private readonly LogTail _tail = new(path);
    private readonly LogLine _line = new();
    private readonly List<RunNote> _notes = [];
    private Dictionary<RunFigure, ThinnedSeries> _series = Empty();
    private double _before, _process;      // training time of the processes before, and of the one that writes

    /// <summary>The curves.</summary>
    public IReadOnlyDictionary<RunFigure, ThinnedSeries> Series => _series;

    /// <summary>The first events, at most 200.</summary>
    public IReadOnlyList<RunNote> Notes => _notes;

    /// <summary>Events of each kind.</summary>
    public Dictionary<string, int> Events { get; } = [];

    /// <summary>Why the run is too short; null if it is not.</summary>
    public string? Shortfall { get; private set; }

    /// <summary>Rises with every change.</summary>
    public int Version { get; private set; }

    /// <summary>Lines that are not records.</summary>
    public long Damaged { get; private set; }

    /// <summary>The last step that the log names.</summary>
    public long Step { get; private set; }

    /// <summary>Epochs done after that.</summary>
    public double Epoch { get; private set; }

    /// <summary>Training time, of all processes of the run.</summary>
    public double Seconds => _before + _process;

    /// <summary>Steps that fit into the run's budget of time, where it has one.</summary>
    public long? BudgetSteps { get; private set; }

    /// <summary>Reads what was added to the log.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public void Read() => _tail.Read(Clear, Add);

    private void Clear()
    {
        (_series, Damaged, Step, Epoch, BudgetSteps, Shortfall, _before, _process) = (Empty(), 0, 0, 0, null, null, 0, 0);
        _notes.Clear();
        Events.Clear();
        Version++;
    }

    private void Add(ReadOnlySpan<byte> line)
    {
        Version++;
        if (!_line.Read(line))
        {
            Damaged++;
            return;
        }
        Step = _line.Step;
        if (double.IsFinite(_line.Epoch)) Epoch = _line.Epoch;
        if (double.IsFinite(_line.Seconds)) Time(_line.Seconds);
        if (_line.BudgetSteps is > 0 and < 1e15 and var steps) BudgetSteps = (long)steps;
        foreach (var (figure, series) in _series)
        {
            if (_line[figure] is var value && !double.IsNaN(value)) series.Add(new SeriesPoint(Step, Epoch, Seconds, value));
        }
        if (_line.Event is ("shortfall", var missing)) Shortfall = missing.Length > 0 ? missing : null;
        else if (_line.Event is { } happened) Note(happened.Kind, happened.Words);
    }

    // A process counts its own time: where it is less than before, another one has begun.
    private void Time(double seconds)
    {
        if (seconds < _process) _before += _process;
        _process = Math.Max(0, seconds);
    }

    private void Note(string kind, string words)
    {
        Events[kind] = Events.GetValueOrDefault(kind) + 1;
        if (_notes.Count < MostNotes) _notes.Add(new RunNote(Step, kind, words));
    }

    private static Dictionary<RunFigure, ThinnedSeries> Empty() =>
        Enum.GetValues<RunFigure>().ToDictionary(f => f, _ => new ThinnedSeries());
}
