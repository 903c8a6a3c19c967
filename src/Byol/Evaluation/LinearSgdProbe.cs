using Byol.Data.Views;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>A frozen encoder whose classifier is trained on random crops.</summary>
/// <param name="name">What tables call it.</param>
/// <param name="encoder">f; the candidate disposes it.</param>
/// <param name="task">The images.</param>
/// <param name="views">Size, crops and normalization.</param>
/// <param name="options">How to train.</param>
/// <param name="precision">What the encoder computes in.</param>
/// <param name="device">Where the encoder lives.</param>
public sealed class LinearSgdProbe(
    string name, ResNet encoder, EvaluationTask task, ViewOptions views, LinearSgdOptions options,
    Precision precision, Device device) : IProbe
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Dimension => encoder.Options.RepresentationSize;

    /// <inheritdoc/>
    public bool IsRepeatable => false;

    /// <inheritdoc/>
    public Tensor Scores(IReadOnlyList<int> labeled, ulong seed) =>
        LinearSgd.Scores(encoder, task, labeled, views, options, seed, precision, device);

    /// <inheritdoc/>
    public void Dispose() => encoder.Dispose();
}
