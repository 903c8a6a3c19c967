using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Distributed;
using Byol.Encoders;
using Byol.Method;
using Byol.Models;
using Byol.Optim;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>All that decides a run but its data. Defaults are the paper's: 1000 epochs of ImageNet.</summary>
public sealed record Recipe
{
    /// <summary>Which encoder, of a kind that is registered (<see cref="EncoderKinds"/>).</summary>
    public EncoderOptions Encoder { get; init; } = EncoderKinds.Default.Defaults;

    /// <summary>How files become pixels; a program opens its data with them (<see cref="Byol.Data.Datasets.Images.Open"/>).</summary>
    public ImageOptions Images { get; init; } = new();

    /// <summary>How views are made.</summary>
    public ViewOptions Views { get; init; } = new();

    /// <summary>Heads and moving average.</summary>
    public ByolOptions Method { get; init; } = new();

    /// <summary>The rule that moves the weights.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>How long and how to train.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>This recipe for an encoder that is there already: the architecture, the normalization and how files become pixels are that
    /// encoder's.</summary>
    /// <param name="encoder">What its file says of it.</param>
    public Recipe For(EncoderDescription encoder)
    {
        var (mean, deviation) = (encoder.Preprocessing.Mean, encoder.Preprocessing.StandardDeviation);
        return this with
        {
            Encoder = encoder.Architecture,
            Images = encoder.Preprocessing.Images,
            Views = Views with
            {
                Mean = new Channels(mean[0], mean[1], mean[2]),
                StandardDeviation = new Channels(deviation[0], deviation[1], deviation[2]),
            },
        };
    }

    /// <summary>The type that the encoder computes in.</summary>
    /// <param name="device">Where.</param>
    /// <param name="weights">What the master weights are kept in; in fp64 everything is computed.</param>
    internal ScalarType ComputeType(Device device, ScalarType weights = ScalarType.Float32) =>
        weights == ScalarType.Float64 ? weights : Encoder.ComputeType(Training.Precision, device);

    /// <summary>The networks and the optimizer of a run that begins.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="ranks">Who has the other parts of each batch; null where there is nobody.</param>
    /// <param name="type">What the master weights are kept in: fp32 but for comparisons.</param>
    /// <param name="parallel">Whether both views are computed at the same time; null where that suits the networks.</param>
    internal ByolState CreateState(
        Device device, ICollective? ranks = null, ScalarType type = ScalarType.Float32, bool? parallel = null)
    {
        var state = new ByolState(Encoder.Create, Encoder.RepresentationSize, Method, Optimizer, Training.Seed, device, type)
        {
            Parallel = parallel
        };
        state.Spread(ranks ?? SingleProcess.Instance, Method.SyncBatchNorm);
        return state;
    }

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentException">One line: value, rule, remedy.</exception>
    public void Validate()
    {
        _ = EncoderKinds.Of(Encoder);
        Encoder.Validate();
        Encoder.Require(Training.Precision);
        Images.Validate();
        Views.Validate();
        Method.Validate();
        Optimizer.Validate();
        Training.Validate();
        if (Training.InitialImageSize == 0) return;
        if (Training.InitialImageSize > Views.ImageSize)
        {
            throw new ArgumentException(
                $"Initial image size {Training.InitialImageSize} is larger than the full size, {Views.ImageSize}; "
                    + "use a smaller one, or 0 for views of one size.");
        }
        (Views with { ImageSize = Training.InitialImageSize }).Validate();
    }
}
