
using Byol.Encoders;

namespace Byol.Embeddings;

/// <summary>What made embeddings. Embeddings can be compared only if one encoder made them, from images that were prepared in the same
/// way.</summary>
public sealed class EmbeddingSource
{
    internal EmbeddingSource(string encoder, EncoderDescription description) =>
        (Encoder, Description) = (encoder, description);

    /// <summary>The name of the encoder: its file.</summary>
    public string Encoder { get; }

    /// <summary>Its architecture, its weights' digest, and how images were prepared.</summary>
    internal EncoderDescription Description { get; }

    private const string EncoderKey = "encoder", VersionKey = "byol_version", RecipeKey = "recipe";
    private const int Digits = 12;   // of a digest, in messages

    /// <summary>The source of an encoder; null if the encoder does not say what it is.</summary>
    /// <param name="encoder">The encoder.</param>
    public static EmbeddingSource? Of(IImageEncoder encoder) =>
        encoder.Description is { Weights: not null } description ? new EmbeddingSource(encoder.Name, description) : null;

    /// <summary>The differences from another encoder, for a message; null if embeddings of both can be compared.</summary>
    /// <param name="other">The other.</param>
    public string? DifferenceFrom(EmbeddingSource other)
    {
        var (ours, theirs) = (Description, other.Description);
        if (ours.Weights != theirs.Weights) return $"the weights differ (sha256 {Short(ours.Weights)} and {Short(theirs.Weights)})";
        if (ours.Architecture != theirs.Architecture)
            return $"the weights are the same, but the encoders differ ({ours.Architecture} and {theirs.Architecture})";
        var (made, given) = ($"{ours.Preprocessing}", $"{theirs.Preprocessing}");
        return made == given ? null : $"the weights are the same, but images are prepared differently ({made}; {given})";
    }

    /// <summary>As free text by key.</summary>
    internal Dictionary<string, string> ToMetadata()
    {
        var metadata = Description.ToMetadata();
        metadata.Remove(RecipeKey);   // long, and the digest says whose it is
        (metadata[EncoderKey], metadata[VersionKey]) = (Encoder, typeof(EmbeddingSource).Assembly.GetName().Version!.ToString(3));
        return metadata;
    }

    /// <summary>Reads it back; null if nothing is said.</summary>
    /// <exception cref="InvalidDataException">A value is missing or makes no encoder.</exception>
    internal static EmbeddingSource? Parse(string path, IReadOnlyDictionary<string, string> metadata)
    {
        if (!EncoderDescription.IsIn(metadata)) return null;
        try
        {
            var description = EncoderDescription.Parse(path, metadata);
            return new EmbeddingSource(metadata.GetValueOrDefault(EncoderKey, "an encoder"), description);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path} does not say in full what its embeddings were made with; embed the images again.", e);
        }
    }

    private static string Short(string? digest) => digest is { Length: > Digits } ? $"{digest[..Digits]}…" : $"{digest}";
}
