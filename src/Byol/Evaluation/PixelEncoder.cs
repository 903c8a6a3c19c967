using Byol.Data.Views;
using Byol.Encoders;

namespace Byol.Evaluation;

/// <summary>The baseline that needs no encoder: an image's normalized pixels are its embedding.</summary>
/// <param name="preprocessing">Size, center crop and normalization.</param>
internal sealed class PixelEncoder(Preprocessing preprocessing) : IImageEncoder
{
    private readonly ViewRenderer _renderer = new(preprocessing.ToViews());

    /// <inheritdoc/>
    public string Name => "pixels";

    /// <inheritdoc/>
    public int Dimension => preprocessing.ImageSize * preprocessing.ImageSize * 3;

    /// <inheritdoc/>
    public Preprocessing Preprocessing => preprocessing;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings)
    {
        for (var i = 0; i < count; i++)
        {
            var (view, plane) = (images.Slice(i * Dimension, Dimension).ToArray(), Dimension / 3);
            var row = embeddings.Slice(i * Dimension, Dimension);
            _renderer.Normalize(view);
            for (var p = 0; p < Dimension; p++) row[p % 3 * plane + p / 3] = view[p];    // [S,S,3] to [3,S,S]
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
