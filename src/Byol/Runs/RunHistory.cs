namespace Byol.Runs;

/// <summary>The state of a run from its records: those of its log if it is resumed, and then every new one.</summary>
internal sealed class RunHistory : IRunListener
{
    private readonly long _firstStep;
    private readonly SortedSet<int> _unreadable = [];

    /// <param name="log">The log up to the step that the run starts from.</param>
    /// <param name="firstStep">That step.</param>
    /// <param name="progress">What its checkpoint says.</param>
    public RunHistory(IEnumerable<RunRecord> log, long firstStep, RunProgress progress)
    {
        (_firstStep, Skipped) = (firstStep, progress.Skipped);
        foreach (var record in log) Receive(record);
    }

    /// <summary>The last metrics of steps.</summary>
    public StepRecord? Steps { get; private set; }

    /// <summary>The last accuracy.</summary>
    public KnnRecord? Accuracy { get; private set; }

    /// <summary>The first of the best accuracies.</summary>
    public KnnRecord? Best { get; private set; }

    /// <summary>The accuracy of the encoder that the run began with, before the first step.</summary>
    public KnnRecord? Initial { get; private set; }

    /// <summary>Forgets which was best: its encoder is lost.</summary>
    public void ForgetBest() => Best = null;

    /// <summary>The last diagnosis.</summary>
    public DiagnosisRecord? Diagnosis { get; private set; }

    /// <summary>The last estimate of how many steps fit into the budget.</summary>
    public LengthRecord? Length { get; private set; }

    /// <summary>Why the run is too short, as last logged; empty if it is not.</summary>
    public string Shortfall { get; private set; } = "";

    /// <summary>Whether the collapse alarm was raised.</summary>
    public bool Collapsed { get; private set; }

    /// <summary>Indices of images that could not be read.</summary>
    public IReadOnlySet<int> Unreadable => _unreadable;

    /// <summary>How often the run was rewound to the step that it starts from.</summary>
    public int Rewinds { get; private set; }

    /// <summary>Batches that the run has left out.</summary>
    public long Skipped { get; private set; }

    public void Receive(RunRecord record)
    {
        switch (record)
        {
            case StepRecord steps:
                Steps = steps;
                break;
            case KnnRecord accuracy:
                Accuracy = accuracy;
                if (Best is null || accuracy.IsBetterThan(Best)) Best = accuracy;
                if (accuracy.Step == 0) Initial = accuracy;
                break;
            case DiagnosisRecord diagnosis:
                Diagnosis = diagnosis;
                break;
            case LengthRecord length:
                Length = length;
                break;
            case ShortfallRecord shortfall:
                Shortfall = shortfall.Shortfall;
                break;
            case AlarmRecord:
                Collapsed = true;
                break;
            case UnreadableRecord unreadable:
                _unreadable.Add(unreadable.Index);
                break;
            case RewindRecord rewind when rewind.Step == _firstStep:
                (Rewinds, Skipped) = (Rewinds + 1, rewind.Skipped);
                break;
        }
    }
}
