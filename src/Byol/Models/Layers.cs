using Byol.Distributed;
using Byol.Models.Normalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models;

// TorchSharp's own layers are not used, because they pass Scalars that the garbage collector may free during the native call, which ends
// long runs (docs/ARCHITECTURE.md, "The Scalar race"), and they cannot compute in bf16 from fp32 weights. These layers hold no Scalar, and
// compute in the type of their input; the cast of a weight is differentiable, so gradients reach the fp32 master.

/// <summary>A 2-D convolution without bias that computes in its input's type.</summary>
public sealed class Conv2d : Module<Tensor, Tensor>
{
    private readonly Parameter _weight;   // [O,I,k,k] fp32
    private readonly long _stride;

    /// <summary>Builds the layer.</summary>
    /// <param name="inChannels">I.</param>
    /// <param name="outChannels">O.</param>
    /// <param name="kernel">k, the odd kernel side; the padding keeps the size at stride 1.</param>
    /// <param name="stride">1 or 2.</param>
    /// <param name="weights">The source of the weights: He et al. 2015, fan out, as in torchvision.</param>
    public Conv2d(long inChannels, long outChannels, long kernel, long stride, WeightSource weights) : base(nameof(Conv2d))
    {
        _stride = stride;
        _weight = new Parameter(
            weights.Normal([outChannels, inChannels, kernel, kernel], Math.Sqrt(2.0 / (outChannels * kernel * kernel))));
        register_parameter("weight", _weight);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        if (x.dtype == _weight.dtype) return Convolution.Apply(x, _weight, null, _stride);
        using var weight = _weight.to(x.dtype);
        return Convolution.Apply(x, weight, null, _stride);
    }
}

/// <summary>A fully connected layer that computes in its input's type.</summary>
internal sealed class Linear : Module<Tensor, Tensor>
{
    private readonly Parameter _weight;   // [O,I] fp32
    private readonly Parameter? _bias;    // [O] fp32

    /// <summary>Builds the layer.</summary>
    /// <param name="inFeatures">I.</param>
    /// <param name="outFeatures">O.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="weights">The source of weights and bias: uniform in ±1/√I, as in PyTorch.</param>
    public Linear(long inFeatures, long outFeatures, bool bias, WeightSource weights) : base(nameof(Linear))
    {
        var bound = 1 / Math.Sqrt(inFeatures);
        _weight = new Parameter(weights.Uniform([outFeatures, inFeatures], bound));
        register_parameter("weight", _weight);
        if (!bias) return;
        _bias = new Parameter(weights.Uniform([outFeatures], bound));
        register_parameter("bias", _bias);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        if (x.dtype == _weight.dtype) return functional.linear(x, _weight, _bias);
        using var weight = _weight.to(x.dtype);
        using var bias = _bias?.to(x.dtype);
        return functional.linear(x, weight, bias);
    }
}

/// <summary>Batch normalization over all but the channel dimension; statistics and affine weights are fp32 for any type of input.</summary>
/// <remarks>Steps may compute both views at the same time if an encoder has no other norm that keeps statistics.</remarks>
public sealed class BatchNorm : Module<Tensor, Tensor>
{
    internal const double Epsilon = 1e-5, UsualMomentum = 0.1;
    private readonly Parameter _weight, _bias;               // [C]
    private readonly Tensor _runningMean, _runningVariance;  // [C]

    /// <summary>Builds the layer with scale 1, shift 0, mean 0 and variance 1.</summary>
    /// <param name="channels">C.</param>
    /// <param name="weights">Gives the device of the statistics; scale 1 and shift 0 are not drawn.</param>
    public BatchNorm(long channels, WeightSource weights) : base(nameof(BatchNorm))
    {
        _weight = new Parameter(weights.Ones(channels));
        _bias = new Parameter(weights.Zeros(channels));
        _runningMean = weights.Zeros(channels);
        _runningVariance = weights.Ones(channels);
        register_parameter("weight", _weight);
        register_parameter("bias", _bias);
        register_buffer("running_mean", _runningMean);
        register_buffer("running_var", _runningVariance);
    }

    /// <summary>Whether running statistics are used in training mode too, and do not change.</summary>
    internal bool KeepsStatistics { get; set; }

    /// <summary>The weight of a batch in the running statistics.</summary>
    internal double Momentum { get; set; } = UsualMomentum;

    /// <summary>The ranks that have the other parts of a batch; training normalizes by the statistics of all parts.</summary>
    internal ICollective Ranks { get; set; } = SingleProcess.Instance;

    /// <inheritdoc/>
    public override Tensor forward(Tensor x) => Apply(x, residual: null, rectify: false);

    /// <summary>Normalizes, adds a residual and applies ReLU.</summary>
    /// <param name="x">[B,C,…].</param>
    /// <param name="residual">As x, or null for none.</param>
    /// <param name="rectify">Whether a ReLU comes last.</param>
    /// <returns>As x.</returns>
    internal Tensor Apply(Tensor x, Tensor? residual, bool rectify) => Apply(
        x, residual, rectify, ofBatch: training && !KeepsStatistics,
        NormState.New(_weight, _bias, _runningMean, _runningVariance) with { Momentum = Momentum, Ranks = Ranks });

    /// <inheritdoc cref="Apply(Tensor, Tensor?, bool)"/>
    /// <param name="x">[B,C,…].</param>
    /// <param name="residual">As x, or null for none.</param>
    /// <param name="rectify">Whether a ReLU comes last.</param>
    /// <param name="ofBatch">Whether by the statistics of the batch, which move the running ones, or by the running ones.</param>
    /// <param name="norm">Weights and statistics.</param>
    internal static Tensor Apply(Tensor x, Tensor? residual, bool rectify, bool ofBatch, NormState norm)
    {
        if (ofBatch && FusedNorm.Suits(x, residual, norm.Weight)) return FusedNorm.Apply(x, residual, rectify, norm);
        var y = ofBatch && norm.Ranks.Count > 1
            ? SynchronizedBatchNorm.Apply(
                x, norm.Weight, norm.Bias, (norm.RunningMean, norm.RunningVariance), norm.Momentum, norm.Epsilon, norm.Ranks)
            : functional.batch_norm(
                x, norm.RunningMean, norm.RunningVariance, norm.Weight, norm.Bias, ofBatch, norm.Momentum, norm.Epsilon);
        using Scalar one = 1;
        if (residual is not null) y.add_(residual, one);
        return rectify ? y.relu_() : y;
    }
}
