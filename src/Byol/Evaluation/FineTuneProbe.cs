using Byol.Data.Views;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>An encoder all of whose weights are trained.</summary>
/// <param name="name">The name in tables.</param>
/// <param name="architecture">The architecture.</param>
/// <param name="begin">Makes a fresh encoder to begin with, for a seed.</param>
/// <param name="task">The images.</param>
/// <param name="views">Size, crops and normalization.</param>
/// <param name="options">How to train.</param>
/// <param name="precision">The type to compute in.</param>
/// <param name="device">The device of the encoder.</param>
internal sealed class FineTuneProbe(
    string name, EncoderOptions architecture, Func<ulong, Module<Tensor, Tensor>> begin, EvaluationTask task, ViewOptions views,
    FineTuneOptions options, Precision precision, Device device) : IProbe
{
    private readonly FineTuning _training = new(architecture, task, views, options, precision, device);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Dimension => architecture.RepresentationSize;

    /// <inheritdoc/>
    public bool IsRepeatable => false;

    /// <inheritdoc/>
    public Tensor Scores(IReadOnlyList<int> labeled, ulong seed)
    {
        using var encoder = begin(seed);
        return _training.Scores(encoder, labeled, seed);
    }

    /// <summary>Learns from labeled training images and scores the test images on the way; nothing is chosen by these scores.</summary>
    /// <param name="labeled">Indices of the training images whose labels may be seen.</param>
    /// <param name="seed">Seeds all draws.</param>
    /// <param name="cancellation">Cancels between two steps.</param>
    /// <returns>Results after epochs 1, 2, 4, 8 … and the last.</returns>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public IReadOnlyList<(int Epoch, ClassificationResult Result)> Curve(
        IReadOnlyList<int> labeled, ulong seed, CancellationToken cancellation = default)
    {
        var curve = new List<(int, ClassificationResult)>();
        using var encoder = begin(seed);
        using var last = _training.Scores(
            encoder, labeled, seed, (epoch, scores) => curve.Add((epoch, ClassificationResult.Of(scores, task.TestLabels))), cancellation);
        return curve;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
