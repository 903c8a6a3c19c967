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
    public Tensor Scores(IReadOnlyList<int> labelled, ulong seed)
    {
        using var encoder = begin(seed);
        return FineTuning.Scores(encoder, task, labelled, views, options, seed, precision, device);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
