namespace Byol.Method;

/// <summary>Rings once when training has collapsed: when nearly all images get the same embedding, step after step, or the same
/// representation, or representations that differ along one direction only.</summary>
public sealed class CollapseAlarm
{
    /// <summary>Std of normalised features times √d below which they count as collapsed. Healthy training stays near 1, and rarely below
    /// 0.3.</summary>
    public const double Threshold = 0.05;

    /// <summary>Effective rank below which representations count as collapsed: 1 is a single direction.</summary>
    public const double RankThreshold = 1.1;

    /// <summary>Steps in a row that must be collapsed.</summary>
    public const int Patience = 20;

    /// <summary>Diagnoses in a row that must be collapsed.</summary>
    public const int DiagnosesPatience = 2;

    /// <summary>Steps before which diagnoses do not count: in evaluation mode BatchNorm uses running statistics, and these still remember random
    /// weights (0.9¹⁰⁰ is nothing).</summary>
    public const int SettlingSteps = 100;

    private int _collapsedSteps, _collapsedDiagnoses;
    private bool _rung;

    /// <summary>Takes note of one step.</summary>
    /// <param name="embeddingStd">Std of normalised embeddings times √d.</param>
    /// <returns>True at the step that makes it certain, and never again.</returns>
    public bool Observe(double embeddingStd)
    {
        _collapsedSteps = embeddingStd < Threshold ? _collapsedSteps + 1 : 0;
        return Ring(_collapsedSteps >= Patience);
    }

    /// <summary>Takes note of one diagnosis of the encoder.</summary>
    /// <param name="step">Optimiser steps taken.</param>
    /// <param name="std">Std of normalised representations times √D.</param>
    /// <param name="effectiveRank">Their effective rank, from 1.</param>
    /// <returns>True at the diagnosis that makes it certain, and never again.</returns>
    public bool Observe(long step, double std, double effectiveRank)
    {
        if (step < SettlingSteps) return false;
        _collapsedDiagnoses = std < Threshold || effectiveRank < RankThreshold ? _collapsedDiagnoses + 1 : 0;
        return Ring(_collapsedDiagnoses >= DiagnosesPatience);
    }

    private bool Ring(bool certain)
    {
        if (_rung || !certain) return false;
        return _rung = true;
    }
}
