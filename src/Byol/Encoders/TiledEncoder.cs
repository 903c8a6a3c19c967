namespace Byol.Encoders;

/// <summary>Encoders on large images, tile by tile.</summary>
public static class Tiles
{
    /// <summary>The most tiles of an image.</summary>
    public const int Most = Data.Views.TileGrid.Most;

    /// <summary>The same encoder on tiles. When a dataset or a file is embedded, each image is cut into tiles that cover it, each tile is
    /// resized to the encoder's input, and their embeddings are pooled. The time grows with the number of tiles.</summary>
    /// <param name="encoder">The encoder, which the result owns and disposes. <see cref="IImageEncoder.Encode"/> still takes single views.
    /// </param>
    /// <param name="count">Tiles of an image, 1 to <see cref="Most"/>, in the rows and columns whose tiles are nearest to squares: 4 are
    /// 2 x 2 of a square image and 1 x 4 of a long one.</param>
    /// <param name="pooling">How their embeddings become one.</param>
    /// <exception cref="ArgumentException">The count is out of its range.</exception>
    public static IImageEncoder InTiles(this IImageEncoder encoder, int count, TilePooling pooling) => count is >= 1 and <= Most
        ? new TiledEncoder(encoder, encoder.Preprocessing.With(tiles: count, tilePooling: pooling))
        : throw new ArgumentException($"{count} tiles of an image must lie between 1 and {Most}; use for instance 4 or 9.");
}

internal sealed class TiledEncoder(IImageEncoder inner, Preprocessing preprocessing) : IImageEncoder
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int Dimension => inner.Dimension;

    /// <inheritdoc/>
    public Preprocessing Preprocessing => preprocessing;

    /// <inheritdoc/>
    public EncoderDescription? Description => inner.Description?.With(preprocessing: preprocessing);

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings) => inner.Encode(images, count, embeddings);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
