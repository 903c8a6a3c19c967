using TorchSharp;
using static Byol.Setting;

namespace Byol.Optim;

/// <summary>The optimizer.</summary>
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

    /// <summary>Muon (Jordan et al. 2024): momentum whose directions are made equally long, matrix by matrix. A step turns a matrix by the
    /// share <see cref="OptimizerOptions.LearningRate"/> of its norm, and the norm stays; for networks whose matrices are followed by a
    /// normalization, as BYOL's are.</summary>
    Muon,
}

/// <summary>The optimizer and its learning-rate schedule. Defaults are the paper's at 1000 epochs (BYOL, section 3.3).</summary>
public sealed record OptimizerOptions
{
    /// <summary>The optimizer.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Lars;

    /// <summary>Learning rate for <see cref="BaseBatchSize"/> images a step; it scales with the batch. With Muon it is the share of its norm
    /// that a step turns a matrix by: 0.03 was the best of three on CIFAR-10, in batches of 64.</summary>
    public double LearningRate { get; init; } = 0.2;

    /// <summary>Batch size that <see cref="LearningRate"/> is quoted for: 256 in the paper; 0 uses the rate unchanged for any
    /// batch.</summary>
    public int BaseBatchSize { get; init; } = 256;

    /// <summary>Momentum of LARS, SGD and Muon.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Whether SGD and Muon use Nesterov momentum, in PyTorch's form.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Multiplies the learning rate of the encoder: 1 in the paper; less than 1 if the encoder was pretrained and the heads begin
    /// with random weights, so that the heads learn first.</summary>
    public double EncoderLearningRateScale { get; init; } = 1;

    /// <summary>Multiplies the learning rate of the predictor: 1 in the paper's runs; its appendix on near-optimal predictors tries
    /// more.</summary>
    public double PredictorLearningRateScale { get; init; } = 1;

    /// <summary>Weight decay. Muon's matrices keep their norm, and do not decay.</summary>
    public double WeightDecay { get; init; } = 1.5e-6;

    /// <summary>Whether biases and BatchNorm weights decay too. In the paper they do not.</summary>
    public bool DecayNormsAndBiases { get; init; }

    /// <summary>η of LARS: the trust ratio is η‖w‖/‖g‖.</summary>
    public double TrustCoefficient { get; init; } = 0.001;

    /// <summary>Limits the trust ratio of LARS to the learning rate, so that no layer changes faster than with SGD. Not in the
    /// paper.</summary>
    public bool TrustClip { get; init; }

    /// <summary>Epochs of linear warm-up from 0.</summary>
    public double WarmupEpochs { get; init; } = 10;

    /// <summary>The schedule of the learning rate after the warm-up.</summary>
    public Decay Schedule { get; init; } = Decay.Cosine;

    /// <summary>The peak learning rate at a batch size.</summary>
    /// <param name="batchSize">Images a step, over all micro-batches.</param>
    internal double PeakLearningRate(int batchSize) => BaseBatchSize == 0 ? LearningRate : LearningRate * batchSize / BaseBatchSize;

    /// <summary>The factor of the learning rate of a parameter.</summary>
    internal double ScaleOf(ParameterSlice slice) =>
        slice.IsEncoder ? EncoderLearningRateScale : slice.IsPredictor ? PredictorLearningRateScale : 1;

    /// <summary>Whether a parameter decays: Muon's matrices keep their norm.</summary>
    internal bool Decays(ParameterSlice slice) => slice.IsNormOrBias ? DecayNormsAndBiases : Kind != OptimizerKind.Muon;

    /// <summary>Builds the optimizer.</summary>
    /// <param name="parameters">The parameters that it updates.</param>
    /// <param name="products">The type that it computes matrix products in; null for that of the parameters.</param>
    /// <param name="both">Does two parts, perhaps at the same time; null for one after the other.</param>
    internal IOptimizer Create(
        FlatParameters parameters, torch.ScalarType? products = null, Action<Action, Action>? both = null) => Kind switch
    {
        OptimizerKind.Lars => new Lars(this, parameters),
        OptimizerKind.Sgd => new Sgd(this, parameters),
        OptimizerKind.Muon => new Muon(this, parameters, products ?? parameters.Values.dtype, both ?? ((a, b) => { a(); b(); })),
        _ => new Adam(this, parameters),
    };

    /// <summary>Throws if a value is invalid.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
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
