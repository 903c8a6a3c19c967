using Byol.Encoders;
using Byol.Export;

namespace Byol.OnnxRuntime;

/// <summary>What a classifier says of images as rows: C probabilities, the label, the novelty. So images come to it the way they come to an
/// encoder.</summary>
/// <param name="name">What messages call it.</param>
/// <param name="session">The model; it stays the caller's.</param>
/// <param name="preprocessing">How an image becomes its input.</param>
/// <param name="classes">C.</param>
internal sealed class PredictionRows(string name, ModelSession session, Preprocessing preprocessing, int classes) : IImageEncoder
{
    private static readonly string[] Outputs = [OnnxHead.Probabilities, OnnxHead.Label, OnnxHead.Novelty];

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Dimension => classes + 2;

    /// <inheritdoc/>
    public Preprocessing Preprocessing => preprocessing;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings)
    {
        Preprocessing.Require(images.Length, count, embeddings.Length, Dimension);
        using var outputs = session.Run(images, count, Preprocessing.ImageSize, Outputs);
        var probabilities = outputs[0].GetTensorDataAsSpan<float>();
        var labels = outputs[1].GetTensorDataAsSpan<long>();
        var novelty = outputs[2].GetTensorDataAsSpan<float>();
        for (var i = 0; i < count; i++)
        {
            var row = embeddings.Slice(i * Dimension, Dimension);
            probabilities.Slice(i * classes, classes).CopyTo(row);
            (row[classes], row[classes + 1]) = (labels[i], novelty[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The session is disposed by its owner.
    }
}
