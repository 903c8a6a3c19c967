namespace Byol.Method;

/// <summary>Raised once when training has collapsed: when nearly all images get the same embedding, step after step, or the same
/// representation, or representations that differ along one direction only.</summary>
/// <param name="collapsedSteps">What a resumed run knows of the steps before.</param>
/// <param name="collapsedDiagnoses">What it knows of the diagnoses before.</param>
/// <param name="raised">Whether it was raised already.</param>
internal sealed class CollapseAlarm(int collapsedSteps = 0, int collapsedDiagnoses = 0, bool raised = false)
{
    /// <summary>Std of normalized features times √d below which they count as collapsed. Healthy training stays near 1, and rarely below
    /// 0.3.</summary>
    public const double Threshold = 0.05;

    /// <summary>Effective rank below which representations count as collapsed: 1 is a single direction.</summary>
    public const double RankThreshold = 1.1;

    /// <summary>Steps in a row that must be collapsed.</summary>
    public const int Patience = 20;

    /// <summary>Diagnoses in a row that must be collapsed.</summary>
    public const int DiagnosesPatience = 2;

    /// <summary>Steps before which diagnoses do not count: in evaluation mode BatchNorm uses running statistics, and these still remember
    /// random weights (0.9¹⁰⁰ is nothing).</summary>
    public const int SettlingSteps = 100;

    private bool _raised = raised;

    /// <summary>Steps in a row, up to the last, that were collapsed.</summary>
    public int CollapsedSteps { get; private set; } = collapsedSteps;

    /// <summary>Diagnoses in a row, up to the last, that were collapsed.</summary>
    public int CollapsedDiagnoses { get; private set; } = collapsedDiagnoses;

    /// <summary>Records a step.</summary>
    /// <param name="embeddingStd">Std of normalized embeddings times √d.</param>
    /// <returns>True at the step that makes it certain, and never again.</returns>
    public bool Observe(double embeddingStd)
    {
        CollapsedSteps = embeddingStd < Threshold ? CollapsedSteps + 1 : 0;
        return Raise(CollapsedSteps >= Patience);
    }

    /// <summary>Records a diagnosis of the encoder.</summary>
    /// <param name="step">Optimizer steps taken.</param>
    /// <param name="std">Std of normalized representations times √D.</param>
    /// <param name="effectiveRank">Their effective rank, from 1.</param>
    /// <returns>True at the diagnosis that makes it certain, and never again.</returns>
    public bool Observe(long step, double std, double effectiveRank)
    {
        if (step < SettlingSteps) return false;
        CollapsedDiagnoses = std < Threshold || effectiveRank < RankThreshold ? CollapsedDiagnoses + 1 : 0;
        return Raise(CollapsedDiagnoses >= DiagnosesPatience);
    }

    private bool Raise(bool certain)
    {
        if (_raised || !certain) return false;
        return _raised = true;
    }
}
