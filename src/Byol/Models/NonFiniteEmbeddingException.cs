using System.Globalization;

namespace Byol.Models;

/// <summary>An encoder computed NaN or an infinity for an image.</summary>
/// <param name="image">The name of the image in messages.</param>
/// <param name="row">Its row in the batch.</param>
/// <param name="column">Which value it was.</param>
/// <param name="value">NaN or an infinity.</param>
public sealed class NonFiniteEmbeddingException(string image, int row, int column, float value) : ArithmeticException(
    string.Create(CultureInfo.InvariantCulture, $"The embedding of {image} is not finite (value {column} is {value}): ")
    + "the encoder overflows or its training diverged; "
    + "compute in Precision.Float32, lower FineTuneOptions.EncoderLearningRate where it is being trained, "
    + "or use another encoder.")
{
    /// <summary>The image's row in the batch.</summary>
    internal int Row => row;

    /// <summary>NaN or an infinity.</summary>
    internal float Value => value;

    /// <summary>Throws if one of the embeddings is not finite, and names the first.</summary>
    /// <param name="embeddings">[n,D], row by row.</param>
    /// <param name="dimension">D.</param>
    /// <exception cref="NonFiniteEmbeddingException">One is not finite.</exception>
    internal static void ThrowIfAny(ReadOnlySpan<float> embeddings, int dimension)
    {
        for (var i = 0; i < embeddings.Length; i++)
        {
            if (float.IsFinite(embeddings[i])) continue;
            var row = i / dimension;
            throw new NonFiniteEmbeddingException(
                string.Create(CultureInfo.InvariantCulture, $"image {row} of the batch"), row, i % dimension, embeddings[i]);
        }
    }

    /// <summary>The same with the name of the image.</summary>
    /// <param name="name">The name of the image in messages.</param>
    internal NonFiniteEmbeddingException Of(string name) => new(name, row, column, value);
}
