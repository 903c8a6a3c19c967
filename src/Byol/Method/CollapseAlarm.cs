namespace Byol.Method;

/// <summary>Rings once when embeddings have collapsed: when nearly all images get the same one, step after step.</summary>
public sealed class CollapseAlarm
{
    /// <summary>Embedding std times √d below which a step counts as collapsed. Healthy training stays near 1, and rarely below 0.3.</summary>
    public const double Threshold = 0.05;

    /// <summary>Steps in a row that must be collapsed.</summary>
    public const int Patience = 20;

    private int _collapsedSteps;
    private bool _rung;

    /// <summary>Takes note of one step.</summary>
    /// <param name="embeddingStd">Std of normalised embeddings times √d.</param>
    /// <returns>True at the step that makes it certain, and never again.</returns>
    public bool Observe(double embeddingStd)
    {
        _collapsedSteps = embeddingStd < Threshold ? _collapsedSteps + 1 : 0;
        if (_rung || _collapsedSteps < Patience) return false;
        return _rung = true;
    }
}
