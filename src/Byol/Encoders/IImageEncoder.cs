namespace Byol.Encoders;

/// <summary>An encoder for images: images in, vectors out, on any engine. Only one thread may use it at a time.</summary>
public interface IImageEncoder : IDisposable
{
    /// <summary>The name in messages: the file that it came from.</summary>
    string Name { get; }

    /// <summary>D, the size of an embedding.</summary>
    int Dimension { get; }

    /// <summary>How images must be prepared. Mean and standard deviation are listed for information: the encoder applies them
    /// itself.</summary>
    Preprocessing Preprocessing { get; }

    /// <summary>Identifies the encoder in files of embeddings; null if it is not known.</summary>
    EncoderDescription? Description => null;

    /// <summary>Images to embeddings, which are not normalized.</summary>
    /// <param name="images">[n,S,S,3]: count × S × S × 3 values in [0,1], the channels of a pixel side by side.</param>
    /// <param name="count">n, 1 or more.</param>
    /// <param name="embeddings">[n,D], written row by row.</param>
    /// <exception cref="ArgumentException">The memory is too small for count images or embeddings.</exception>
    /// <exception cref="Byol.Models.NonFiniteEmbeddingException">An embedding is not finite; the message says of which image.</exception>
    void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings);
}
