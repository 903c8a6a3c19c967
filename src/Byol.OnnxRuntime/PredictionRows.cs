using Byol.Encoders;
using Byol.Export;

namespace Byol.OnnxRuntime;

/// <summary>Predictions as rows: C probabilities, the label, the novelty. So images come to it the way they come to an encoder. Where it
/// sees them in tiles, every tile has the row of its image.</summary>
/// <param name="name">The name in messages.</param>
/// <param name="session">The model; the caller keeps it.</param>
/// <param name="preprocessing">How an image becomes its input.</param>
/// <param name="classes">C.</param>
internal sealed class PredictionRows(string name, ModelSession session, Preprocessing preprocessing, int classes) : IImageEncoder
{
    private static readonly string[] Outputs = [OnnxHead.Probabilities, OnnxHead.Label, OnnxHead.Novelty];

    private readonly ModelSignature _signature = ModelSignature.OfOurs(preprocessing.ImageSize);
    private readonly ImageValues _values = new();

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Dimension => classes + 2;

    /// <inheritdoc/>
    public Preprocessing Preprocessing { get; } = preprocessing.With(tilePooling: TilePooling.Max);     // of rows that are equal

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings)
    {
        Preprocessing.Require(images.Length, count, embeddings.Length, Dimension);
        using var outputs = session.Run(_signature, _values, images, count, Outputs);
        var probabilities = outputs[0].GetTensorDataAsSpan<float>();
        var labels = outputs[1].GetTensorDataAsSpan<long>();
        var novelty = outputs[2].GetTensorDataAsSpan<float>();
        for (var view = 0; view < count; view++)
        {
            var i = view / preprocessing.Tiles;
            var row = embeddings.Slice(view * Dimension, Dimension);
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
