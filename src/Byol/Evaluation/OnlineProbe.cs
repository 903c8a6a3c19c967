using Byol.Interop;
using Byol.Models;
using Byol.Optim;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>A linear classifier that learns from representations while something else trains the encoder,
/// with an optimizer of its own.</summary>
/// <remarks>It is handed representations, never the encoder, and takes them out of the graph: no gradient of it can reach a weight of the
/// encoder. Each batch is standardized by itself, and what is scored by the training images' center views: encoders change their scale as
/// they learn, and views differ from center views. It follows an encoder that moves: a linear probe trained afterwards does
/// better.</remarks>
internal sealed class OnlineProbe : IDisposable
{
    private const double LearningRate = 3e-3;
    private readonly MlpHead _head;
    private readonly FlatParameters _parameters;
    private readonly Adam _optimizer;

    /// <summary>Draws a classifier.</summary>
    /// <param name="dimension">D, the size of a representation.</param>
    /// <param name="classes">C.</param>
    /// <param name="seed">Draws its weights.</param>
    /// <param name="device">The device of the representations.</param>
    public OnlineProbe(long dimension, int classes, ulong seed, Device device)
    {
        using var weights = new WeightSource(seed, device);
        _head = new MlpHead(dimension, 0, classes, outputBias: true, weights);
        _parameters = new FlatParameters(_head.named_parameters(), trained: true);
        _optimizer = new Adam(new OptimizerOptions { Kind = OptimizerKind.Adam, WeightDecay = 0 }, _parameters);
    }

    /// <summary>All that a checkpoint must keep, by name; it restores in place.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State => [("weights", _parameters.Values), .. _optimizer.State];

    /// <summary>Takes one step of Adam on the cross-entropy.</summary>
    /// <param name="representations">y, [B,D] of any type, at least two; they are read only.</param>
    /// <param name="labels">B class indices.</param>
    public void Learn(Tensor representations, IReadOnlyList<int> labels)
    {
        using var _ = enable_grad();
        using var scope = NewDisposeScope();
        _parameters.ZeroGradients();
        var y = representations.detach().to(ScalarType.Float32);
        var target = ViewTensors.From([.. labels.Select(l => (long)l)], y.device);
        using var scale = Standardization.Of(y);
        using var x = scale.Apply(y);
        functional.cross_entropy(_head.forward(x), target).backward();
        _optimizer.Step(LearningRate);
    }

    /// <summary>Scores features.</summary>
    /// <param name="features">[M,D] fp32.</param>
    /// <param name="scale">Of the training images' features, prepared as these are.</param>
    /// <returns>[M,C] fp32 on the processor; the caller's dispose scope owns it.</returns>
    public Tensor Scores(Tensor features, Standardization scale)
    {
        using var _ = no_grad();
        using var standardized = scale.Apply(features);
        using var placed = standardized.to(_parameters.Values.device);
        using var scores = _head.forward(placed);
        return scores.cpu();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _parameters.Dispose();
        _head.Dispose();
    }
}
