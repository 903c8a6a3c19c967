using System.IO.Hashing;
using System.Text.Json;

namespace Byol.Embeddings;

/// <summary>What embeddings were made with, in a small JSON file beside formats that have no room for it. It holds a checksum of the
/// embeddings too: beside others it says nothing.</summary>
internal static class SourceFile
{
    private const string Suffix = ".encoder.json", Checksum = "embeddings_xxh128";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Where it lies.</summary>
    public static string Of(string path) => path + Suffix;

    /// <summary>Gives whole embeddings their name, and what they were made with its own beside them. If this is interrupted, embeddings
    /// never stand beside the source of others.</summary>
    public static void Complete(PendingFile embeddings, EmbeddingSource? source)
    {
        var path = Of(embeddings.Path);
        using var file = source is null ? null : new PendingFile(path);
        if (file is not null)
        {
            var content = source!.ToMetadata();
            content[Checksum] = Hash(embeddings.Stream);
            JsonSerializer.Serialize(file.Stream, content, Json);
        }
        embeddings.Flush();
        file?.Flush();
        File.Delete(path);
        embeddings.Complete();
        file?.Complete();
    }

    /// <summary>What embeddings were made with; null if no file says so, or it is of other embeddings.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read as one that Byol wrote.</exception>
    public static EmbeddingSource? Read(string embeddings)
    {
        var path = Of(embeddings);
        if (!File.Exists(path)) return null;
        try
        {
            var content = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(path)) ?? [];
            using var file = File.OpenRead(embeddings);
            return content.GetValueOrDefault(Checksum) == Hash(file) ? EmbeddingSource.Parse(path, content) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not a JSON object of strings; remove it, or embed the images again.", e);
        }
    }

    private static string Hash(Stream stream)
    {
        stream.Position = 0;
        var hash = new XxHash128();
        hash.Append(stream);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
