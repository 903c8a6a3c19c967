namespace Byol.Encoders;

/// <summary>An encoder as its user sees it: images go in, vectors come out, whatever runs it. One thread at a time.</summary>
public interface IImageEncoder : IDisposable
{
    /// <summary>What messages call it: the file that it came from.</summary>
    string Name { get; }

    /// <summary>D, the size of an embedding.</summary>
    int Dimension { get; }

    /// <summary>How an image becomes its input. Mean and standard deviation are told but not left to the caller: they are applied
    /// inside.</summary>
    Preprocessing Preprocessing { get; }

    /// <summary>What is embedded with, by which embeddings in a file are known to be its own; null where it cannot be told.</summary>
    EncoderDescription? Description => null;

    /// <summary>Images to embeddings, which are not normalized.</summary>
    /// <param name="images">[n,S,S,3]: count × S × S × 3 values in [0,1], the channels of a pixel side by side.</param>
    /// <param name="count">n, 1 or more.</param>
    /// <param name="embeddings">[n,D], written row by row.</param>
    /// <exception cref="ArgumentException">The memory does not hold count images or embeddings.</exception>
    /// <exception cref="Byol.Models.NonFiniteEmbeddingException">An embedding is not finite; the message says of which image.</exception>
    void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings);
}
