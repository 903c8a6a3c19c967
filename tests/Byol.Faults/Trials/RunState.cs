using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Byol.TensorFiles;

namespace Byol.Faults.Trials;

/// <summary>What is left of a run, read without the product's own code where that matters.</summary>
internal static class RunState
{
    private static readonly string[] OfTheClock = ["seconds", "images_per_second", "data_wait"];

    /// <summary>The SHA-256 of all that an interruption must not change: encoder, every part of the newest checkpoint, figures.</summary>
    public static SortedDictionary<string, string> Digests(string run)
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["encoder"] = Digest(File.ReadAllBytes(Path.Combine(run, "encoder.safetensors"))),
            ["metrics"] = Digest(JsonSerializer.SerializeToUtf8Bytes(Metrics(run).Select(WithoutClock))),
        };
        foreach (var part in Directory.GetFiles(Checkpoints(run)[^1])) digests[Path.GetFileName(part)] = Digest(File.ReadAllBytes(part));
        return digests;
    }

    /// <summary>What differs, or null.</summary>
    public static string? Difference(SortedDictionary<string, string> expected, SortedDictionary<string, string> found)
    {
        var other = expected.Keys.Union(found.Keys).Where(k => expected.GetValueOrDefault(k) != found.GetValueOrDefault(k)).ToList();
        return other.Count > 0 ? $"I1: other {string.Join(", ", other)}" : null;
    }

    /// <summary>The last step in the log; 0 where there is none.</summary>
    public static long LastStep(string run) => Metrics(run).Select(line => line["step"]!.GetValue<long>()).DefaultIfEmpty().Max();

    /// <summary>Folders under a checkpoint's final name, oldest first.</summary>
    public static List<string> Checkpoints(string run) => Path.Combine(run, "checkpoints") is var folder && Directory.Exists(folder)
        ? [.. Directory.GetDirectories(folder, "step-*")
            .Where(f => !f.EndsWith(".tmp", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)]
        : [];

    /// <summary>What stands under a final name and is not whole, or null.</summary>
    public static string? Broken(string run)
    {
        foreach (var checkpoint in Checkpoints(run))
        {
            if (!IsWhole(checkpoint)) return $"I3: {Path.GetFileName(checkpoint)} is not whole";
        }
        try
        {
            if (Path.Combine(run, "encoder.safetensors") is var encoder && File.Exists(encoder)) new SafetensorsFile(encoder).Dispose();
            return null;
        }
        catch (InvalidDataException e)
        {
            return $"I3: {e.Message}";
        }
    }

    /// <summary>What lies in a finished run's folder that should not, or null.</summary>
    public static string? Litter(string run)
    {
        var known = (string[])[
            "recipe.toml", "data.json", "metrics.jsonl", "encoder.safetensors", "views.png", "log.txt", "loss.svg", "run.lock", "checkpoints",
            "embeddings.safetensors", "thumbnails.safetensors", "report.html"];
        var other = Directory.GetFileSystemEntries(run).Select(e => Path.GetFileName(e)!).Except(known)
            .Concat(Directory.GetFileSystemEntries(run, "*.tmp", SearchOption.AllDirectories))
            .ToList();
        return other.Count > 0 ? $"I5: {string.Join(", ", other)} is left behind" : null;
    }

    private static bool IsWhole(string checkpoint)
    {
        var manifest = Path.Combine(checkpoint, "manifest.json");
        if (!File.Exists(manifest)) return false;
        var digests = JsonNode.Parse(File.ReadAllBytes(manifest))!["sha256"]!.AsObject();
        return digests.Count > 0 && digests.All(d => Path.Combine(checkpoint, d.Key) is var part
            && File.Exists(part) && Digest(File.ReadAllBytes(part)) == d.Value!.GetValue<string>());
    }

    // A last line can be cut short by a crash.
    private static IEnumerable<JsonObject> Metrics(string run) => Path.Combine(run, "metrics.jsonl") is var file && File.Exists(file)
        ? File.ReadAllText(file).Split('\n')[..^1].Select(line => JsonNode.Parse(line)!.AsObject()) : [];

    private static JsonObject WithoutClock(JsonObject line)
    {
        foreach (var key in OfTheClock) line.Remove(key);
        return line;
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
