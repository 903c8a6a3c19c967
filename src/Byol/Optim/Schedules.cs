namespace Byol.Optim;

/// <summary>How a value changes over the steps of a run.</summary>
public enum Decay
{
    /// <summary>Follows half a cosine.</summary>
    Cosine,

    /// <summary>Is constant.</summary>
    Constant,
}

/// <summary>Learning rate and τ as pure functions of the step, so that checkpoints need not store them.</summary>
public static class Schedules
{
    /// <summary>Linear warm-up from 0, then half a cosine to 0 (BYOL, section 3.3), or constant.</summary>
    /// <param name="peak">The rate at the end of the warm-up.</param>
    /// <param name="step">The optimizer step, from 0.</param>
    /// <param name="totalSteps">Steps of the whole run.</param>
    /// <param name="warmupSteps">Steps of warm-up.</param>
    /// <param name="decay">What follows the warm-up.</param>
    public static double LearningRate(double peak, long step, long totalSteps, long warmupSteps, Decay decay)
    {
        if (step < warmupSteps) return peak * step / warmupSteps;
        if (decay == Decay.Constant) return peak;
        var progress = (double)(step - warmupSteps) / Math.Max(1, totalSteps - warmupSteps);
        return peak * (1 + Math.Cos(Math.PI * Math.Min(1, progress))) / 2;
    }

    /// <summary>τ_k = 1 − (1 − τ_base)(cos(πk/K) + 1)/2: from τ_base to 1 (BYOL, section 3.3), or constant.</summary>
    /// <param name="tauBase">τ at the start.</param>
    /// <param name="step">k, the optimizer step, from 0.</param>
    /// <param name="totalSteps">K, steps of the whole run.</param>
    /// <param name="decay">Whether τ rises to 1 or is constant.</param>
    public static double Tau(double tauBase, long step, long totalSteps, Decay decay)
    {
        if (decay == Decay.Constant) return tauBase;
        var progress = Math.Min(1, (double)step / totalSteps);
        return 1 - (1 - tauBase) * (Math.Cos(Math.PI * progress) + 1) / 2;
    }
}
