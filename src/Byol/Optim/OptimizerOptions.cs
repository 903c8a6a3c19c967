using static Byol.Setting;

namespace Byol.Optim;

/// <summary>The rule that moves the parameters.</summary>
public enum OptimizerKind
{
    /// <summary>Layer-wise adaptive rate scaling (You et al. 2017), as in BYOL.</summary>
    Lars,

    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba 2015); weight decay is added to the gradient.</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    AdamW,
}

/// <summary>The optimizer and its learning-rate schedule. Defaults are the paper's at 1000 epochs (BYOL, section 3.3).</summary>
public sealed record OptimizerOptions
{
    /// <summary>Which rule.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Lars;

    /// <summary>Learning rate for <see cref="BaseBatchSize"/> images a step; it grows in proportion to the batch.</summary>
    public double LearningRate { get; init; } = 0.2;

    /// <summary>Batch size that <see cref="LearningRate"/> is quoted for: 256 in the paper;
    /// 0 takes the rate as it is, whatever the batch.</summary>
    public int BaseBatchSize { get; init; } = 256;

    /// <summary>Momentum of LARS and SGD.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Whether SGD looks ahead along the momentum (Nesterov's form, as PyTorch has it).</summary>
    public bool Nesterov { get; init; }

    /// <summary>How many times the learning rate the encoder takes: 1 in the paper; less than 1 where the encoder was pretrained and the
    /// heads begin from random weights, so that they learn first.</summary>
    public double EncoderLearningRateScale { get; init; } = 1;

    /// <summary>How many times the learning rate the predictor takes: 1 in the paper's runs; its appendix on near-optimal predictors tries
    /// more.</summary>
    public double PredictorLearningRateScale { get; init; } = 1;

    /// <summary>Weight decay.</summary>
    public double WeightDecay { get; init; } = 1.5e-6;

    /// <summary>Whether biases and BatchNorm weights decay too. In the paper they do not.</summary>
    public bool DecayNormsAndBiases { get; init; }

    /// <summary>η of LARS: the trust ratio is η‖w‖/‖g‖.</summary>
    public double TrustCoefficient { get; init; } = 0.001;

    /// <summary>Limits the trust ratio of LARS to the learning rate, so that no layer moves faster than under SGD.
    /// Not in the paper.</summary>
    public bool TrustClip { get; init; }

    /// <summary>Epochs of linear warm-up from 0.</summary>
    public double WarmupEpochs { get; init; } = 10;

    /// <summary>What the learning rate does after the warm-up.</summary>
    public Decay Schedule { get; init; } = Decay.Cosine;

    /// <summary>The peak learning rate at a batch size.</summary>
    /// <param name="batchSize">Images a step, over all micro-batches.</param>
    internal double PeakLearningRate(int batchSize) => BaseBatchSize == 0 ? LearningRate : LearningRate * batchSize / BaseBatchSize;

    /// <summary>How many times the learning rate a parameter takes.</summary>
    internal double ScaleOf(ParameterSlice slice) =>
        slice.IsEncoder ? EncoderLearningRateScale : slice.IsPredictor ? PredictorLearningRateScale : 1;

    /// <summary>Builds the rule.</summary>
    /// <param name="parameters">What it moves.</param>
    internal IOptimizer Create(FlatParameters parameters) => Kind switch
    {
        OptimizerKind.Lars => new Lars(this, parameters),
        OptimizerKind.Sgd => new Sgd(this, parameters),
        _ => new Adam(this, parameters),
    };

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentException">One line: value, rule, remedy.</exception>
    internal void Validate()
    {
        Require(LearningRate is > 0 and < 1e3, $"Learning rate {LearningRate} must be above 0 and below 1000; use for instance 0.2.");
        Require(Momentum is >= 0 and < 1, $"Momentum {Momentum} must be at least 0 and below 1; use for instance 0.9.");
        Require(EncoderLearningRateScale is >= 0 and <= 1000,
            $"Encoder learning rate scale {EncoderLearningRateScale} must be at least 0 and at most 1000; "
                + "use 1, or 0.1 for an encoder that was pretrained.");
        Require(PredictorLearningRateScale is > 0 and <= 1000,
            $"Predictor learning rate scale {PredictorLearningRateScale} must be above 0 and at most 1000; "
                + "use 1, or 10 to keep the predictor near its optimum.");
        Require(WeightDecay is >= 0 and < 1, $"Weight decay {WeightDecay} must be at least 0 and below 1; use for instance 1e-6.");
        Require(TrustCoefficient is > 0 and <= 1,
            $"Trust coefficient {TrustCoefficient} must be above 0 and at most 1; use for instance 0.001.");
        Require(WarmupEpochs is >= 0 and < 1e6, $"Warm-up of {WarmupEpochs} epochs must be 0 or more; use for instance 10.");
        Require(BaseBatchSize >= 0, $"Base batch size {BaseBatchSize} must be 0 or more; "
            + "use 256, or 0 for a learning rate that does not depend on the batch.");
    }
}
