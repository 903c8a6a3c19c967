using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Distributed;
using Byol.Encoders;
using Byol.Method;
using Byol.Models;
using Byol.Optim;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>All settings of a run except its data. Defaults are the paper's: 1000 epochs of ImageNet.</summary>
public sealed record Recipe
{
    /// <summary>The encoder, of a registered kind (<see cref="EncoderKinds"/>).</summary>
    public EncoderOptions Encoder { get; init; } = EncoderKinds.Default.Defaults;

    /// <summary>How files become pixels; programs open their data with it (<see cref="Byol.Data.Datasets.Images.Open"/>).</summary>
    public ImageOptions Images { get; init; } = new();

    /// <summary>How views are made.</summary>
    public ViewOptions Views { get; init; } = new();

    /// <summary>Heads and moving average.</summary>
    public ByolOptions Method { get; init; } = new();

    /// <summary>The optimizer and its schedule.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>How long and how to train.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>This recipe for an existing encoder: architecture, normalization, and how files become pixels come from that
    /// encoder.</summary>
    /// <param name="encoder">The description in its file.</param>
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
    /// <param name="device">The device.</param>
    /// <param name="weights">The type of the master weights; with fp64 everything is computed in fp64.</param>
    internal ScalarType ComputeType(Device device, ScalarType weights = ScalarType.Float32) =>
        weights == ScalarType.Float64 ? weights : Encoder.ComputeType(Training.Precision, device);

    /// <summary>The networks and the optimizer of a run that begins.</summary>
    /// <param name="device">Their device.</param>
    /// <param name="ranks">The ranks that have the other parts of each batch; null for a single process.</param>
    /// <param name="type">The type of the master weights: fp32 except for comparisons.</param>
    /// <param name="parallel">Whether both views are computed at the same time; null if the networks decide.</param>
    internal ByolState CreateState(
        Device device, ICollective? ranks = null, ScalarType type = ScalarType.Float32, bool? parallel = null)
    {
        var state = new ByolState(Encoder.Create, Encoder.RepresentationSize, Method, Optimizer, Training.Seed, device, type, ComputeType(device, type))
        {
            Parallel = parallel
        };
        state.Spread(ranks ?? SingleProcess.Instance, Method.SyncBatchNorm);
        return state;
    }

    /// <summary>Throws if a value is invalid.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
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
