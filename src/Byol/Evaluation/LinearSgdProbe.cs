using Byol.Data.Views;
using Byol.Encoders;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>A frozen encoder whose classifier is trained on random crops.</summary>
/// <param name="name">The name in tables.</param>
/// <param name="encoder">f; disposed with this.</param>
/// <param name="task">The images.</param>
/// <param name="views">Crops and flips.</param>
/// <param name="options">How to train.</param>
internal sealed class LinearSgdProbe(
    string name, IImageEncoder encoder, EvaluationTask task, ViewOptions views, LinearSgdOptions options) : IProbe
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Dimension => encoder.Dimension;

    /// <inheritdoc/>
    public bool IsRepeatable => false;

    /// <inheritdoc/>
    public Tensor Scores(IReadOnlyList<int> labeled, ulong seed) => LinearSgd.Scores(encoder, task, labeled, views, options, seed);

    /// <inheritdoc/>
    public void Dispose() => encoder.Dispose();
}
