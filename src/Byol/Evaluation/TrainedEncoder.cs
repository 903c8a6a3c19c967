using Byol.Data.Views;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>An encoder all of whose weights are trained.</summary>
/// <param name="name">What tables call it.</param>
/// <param name="dimension">D.</param>
/// <param name="begin">Makes a fresh encoder to begin with, for a seed.</param>
/// <param name="task">The images.</param>
/// <param name="views">Size, crops and normalisation.</param>
/// <param name="options">How to train.</param>
/// <param name="precision">What is computed in.</param>
/// <param name="device">Where the encoder lives.</param>
public sealed class TrainedEncoder(
    string name, long dimension, Func<ulong, ResNet> begin, EvaluationTask task, ViewOptions views, FineTuneOptions options,
    Precision precision, Device device) : ICandidate
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Dimension => dimension;

    /// <inheritdoc/>
    public bool IsRepeatable => false;

    /// <inheritdoc/>
    public Tensor Scores(IReadOnlyList<int> labelled, ulong seed)
    {
        using var encoder = begin(seed);
        return FineTuning.Scores(encoder, task, labelled, views, options, seed, precision, device);
    }

    /// <summary>Learns from labelled training images and scores the test images on the way; nothing is chosen by these scores.</summary>
    /// <param name="labelled">Indices of the training images whose labels may be seen.</param>
    /// <param name="seed">Draws whatever is drawn.</param>
    /// <param name="cancellation">Ends the work between two steps.</param>
    /// <returns>Outcomes after epochs 1, 2, 4, 8 … and the last.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<(int Epoch, Outcome Outcome)> Curve(
        IReadOnlyList<int> labelled, ulong seed, CancellationToken cancellation = default)
    {
        var curve = new List<(int, Outcome)>();
        using var encoder = begin(seed);
        using var last = FineTuning.Scores(
            encoder, task, labelled, views, options, seed, precision, device,
            (epoch, scores) => curve.Add((epoch, Outcome.Of(scores, task.TestLabels))), cancellation);
        return curve;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
