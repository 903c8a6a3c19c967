using Byol.Optim;

namespace Byol.Method;

/// <summary>BYOL's options around the encoder: the heads and the moving average. Defaults are the paper's at 1000 epochs.</summary>
public sealed record ByolOptions
{
    /// <summary>Hidden size of the projector g; 0 makes it one linear layer with bias.</summary>
    public int ProjectorHidden { get; init; } = 4096;

    /// <summary>Size of a projection z and of a prediction q(z).</summary>
    public int ProjectionSize { get; init; } = 256;

    /// <summary>Hidden size of the predictor q; 0 makes it one linear layer with bias.</summary>
    public int PredictorHidden { get; init; } = 4096;

    /// <summary>Whether the last layer of each head has a bias. The paper's has none.</summary>
    public bool HeadOutputBias { get; init; }

    /// <summary>Whether there is a predictor. Without one training collapses; the option is for showing that.</summary>
    public bool Predictor { get; init; } = true;

    /// <summary>τ at the start, the share that the target keeps in each step.</summary>
    public double Tau { get; init; } = 0.996;

    /// <summary>Whether τ rises to 1 along a cosine or is constant.</summary>
    public Decay TauSchedule { get; init; } = Decay.Cosine;

    /// <summary>Whether BatchNorm normalizes by the statistics of the whole batch if several processes share it, as in the paper; otherwise
    /// each process normalizes its part alone.</summary>
    public bool SyncBatchNorm { get; init; } = true;

    /// <summary>Whether the target starts from other random weights rather than as a copy of the online network.</summary>
    public bool TargetFromOtherWeights { get; init; }

    /// <summary>Whether the encoder normalizes by the initial statistics of its BatchNorms, rather than by each batch's as in the paper. It
    /// is for pretrained encoders: with the statistics of 530 similar images a linear probe lost 15 to 17 points (docs/ADAPT.md).</summary>
    public bool KeepStatistics { get; init; }

    /// <summary>w: what is minimized is the loss less 2wR/B for each view, where R is the coding rate of its B projections (Yu et al. 2020, arXiv
    /// 2006.08558), which is large where those of different images lie apart. Short runs on CIFAR-10 gained by it (docs/HOUR.md). 0, without it,
    /// is BYOL as published.</summary>
    public double CodingRateWeight { get; init; }

    /// <summary>Throws if a value is invalid.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Validate()
    {
        if (Tau is not (>= 0 and <= 1)) throw new ArgumentException($"τ of {Tau} must lie between 0 and 1; the paper uses 0.996.");
        if (ProjectorHidden < 0 || PredictorHidden < 0)
        {
            throw new ArgumentException(
                $"Hidden sizes {ProjectorHidden} and {PredictorHidden} must be 0 or more; the paper uses 4096.");
        }
        if (CodingRateWeight is not (>= 0 and <= 100))
        {
            throw new ArgumentException(
                $"A coding rate weight of {CodingRateWeight} must be at least 0 and at most 100; the paper has none, which is 0.");
        }
        if (ProjectionSize < 2)
            throw new ArgumentException($"A projection of {ProjectionSize} must have at least 2 dimensions; the paper uses 256.");
    }
}
