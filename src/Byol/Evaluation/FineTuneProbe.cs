using Byol.Data.Views;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>An encoder all of whose weights are trained.</summary>
/// <param name="name">What tables call it.</param>
/// <param name="dimension">D.</param>
/// <param name="begin">Makes a fresh encoder to begin with, for a seed.</param>
/// <param name="task">The images.</param>
/// <param name="views">Size, crops and normalization.</param>
/// <param name="options">How to train.</param>
/// <param name="precision">What is computed in.</param>
/// <param name="device">Where the encoder lives.</param>
public sealed class FineTuneProbe(
    string name, long dimension, Func<ulong, ResNet> begin, EvaluationTask task, ViewOptions views, FineTuneOptions options,
    Precision precision, Device device) : IProbe
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Dimension => dimension;

    /// <inheritdoc/>
    public bool IsRepeatable => false;

    /// <inheritdoc/>
    public Tensor Scores(IReadOnlyList<int> labeled, ulong seed)
    {
        using var encoder = begin(seed);
        return FineTuning.Scores(encoder, task, labeled, views, options, seed, precision, device);
    }

    /// <summary>Learns from labeled training images and scores the test images on the way; nothing is chosen by these scores.</summary>
    /// <param name="labeled">Indices of the training images whose labels may be seen.</param>
    /// <param name="seed">Draws whatever is drawn.</param>
    /// <param name="cancellation">Ends the work between two steps.</param>
    /// <returns>Outcomes after epochs 1, 2, 4, 8 … and the last.</returns>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public IReadOnlyList<(int Epoch, ClassificationResult ClassificationResult)> Curve(
        IReadOnlyList<int> labeled, ulong seed, CancellationToken cancellation = default)
    {
        var curve = new List<(int, ClassificationResult)>();
        using var encoder = begin(seed);
        using var last = FineTuning.Scores(
            encoder, task, labeled, views, options, seed, precision, device,
            (epoch, scores) => curve.Add((epoch, ClassificationResult.Of(scores, task.TestLabels))), cancellation);
        return curve;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
