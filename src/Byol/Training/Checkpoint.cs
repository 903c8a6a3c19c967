using System.Security.Cryptography;
using System.Text.Json;
using Byol.Export;
using Byol.Method;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>Everything a run needs to go on: three safetensors files and a manifest with their digests, in a folder of its own.</summary>
/// <remarks>
/// The folder is filled under a temporary name, manifest last, and then renamed. Views, order and schedules are pure functions of seed
/// and step, so the step is all there is to say about them.
/// </remarks>
public static class Checkpoint
{
    private const int Kept = 2;
    private const string ManifestName = "manifest.json", OnlineName = "online.safetensors", TargetName = "target.safetensors", OptimizerName = "optimizer.safetensors";
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    private sealed record Manifest(int Format, long Step, Dictionary<string, string>? Sha256);

    /// <summary>Writes a checkpoint, then removes all but the last two.</summary>
    /// <param name="run">The run.</param>
    /// <param name="state">What to save.</param>
    public static void Save(RunDirectory run, ByolState state)
    {
        Directory.CreateDirectory(run.Checkpoints);
        RunDirectory.WriteFolder(Path.Combine(run.Checkpoints, FolderName(state.Step)), folder =>
        {
            var digests = new Dictionary<string, string>();
            foreach (var (name, tensors) in Parts(state))
            {
                var file = Path.Combine(folder, name);
                RunDirectory.Write(file, stream => Safetensors.Write(stream, tensors, new Dictionary<string, string> { ["step"] = $"{state.Step}" }));
                digests[name] = Digest(file);
            }
            RunDirectory.Write(Path.Combine(folder, ManifestName), stream => JsonSerializer.Serialize(stream, new Manifest(1, state.Step, digests), Json));
        });
        foreach (var old in Folders(run).Skip(Kept)) Directory.Delete(old, recursive: true);
    }

    /// <summary>Restores the newest checkpoint that is whole.</summary>
    /// <param name="run">The run.</param>
    /// <param name="state">Freshly built from the run's recipe; overwritten once a checkpoint has been verified.</param>
    /// <param name="warn">Told of each checkpoint that was passed over.</param>
    /// <returns>False where there is none yet.</returns>
    /// <exception cref="InvalidDataException">There are checkpoints, but none is whole.</exception>
    public static bool Restore(RunDirectory run, ByolState state, Action<string> warn)
    {
        var folders = Folders(run);
        foreach (var folder in folders)
        {
            if (Verify(folder) is { } problem)
            {
                warn($"{folder} is passed over: {problem}");
                continue;
            }
            foreach (var (name, tensors) in Parts(state))
            {
                using var file = new SafetensorsFile(Path.Combine(folder, name));
                foreach (var (tensor, value) in tensors) file.CopyTo(tensor, value);
            }
            state.Step = ReadManifest(folder).Step;
            return true;
        }
        return folders.Count == 0 ? false : throw new InvalidDataException($"No checkpoint in {run.Checkpoints} is whole; start again in another --out.");
    }

    // Newest first; the names sort as the steps do.
    private static List<string> Folders(RunDirectory run) =>
        Directory.Exists(run.Checkpoints) ? [.. Directory.GetDirectories(run.Checkpoints, "step-*").Where(f => !f.EndsWith(".tmp", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal)] : [];

    private static string? Verify(string folder)
    {
        try
        {
            var manifest = ReadManifest(folder);
            if (Path.GetFileName(folder) != FolderName(manifest.Step)) return $"its manifest says step {manifest.Step}";
            foreach (var name in (string[])[OnlineName, TargetName, OptimizerName])
            {
                if (manifest.Sha256?.GetValueOrDefault(name) is not { } digest) return $"its manifest says no digest of {name}";
                if (Digest(Path.Combine(folder, name)) != digest) return $"{name} does not have the digest that its manifest says";
            }
            return null;
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidDataException)
        {
            return e.Message;
        }
    }

    private static string FolderName(long step) => $"step-{step:D9}";

    private static Manifest ReadManifest(string folder) =>
        JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(Path.Combine(folder, ManifestName)), Json) ?? throw new InvalidDataException("its manifest is empty");

    private static IEnumerable<(string Name, IReadOnlyList<(string Name, Tensor Value)> Tensors)> Parts(ByolState state) =>
    [
        (OnlineName, [.. EncoderFile.Tensors(state.Online)]),
        (TargetName, [.. EncoderFile.Tensors(state.Target)]),
        (OptimizerName, state.Optimizer.State),
    ];

    private static string Digest(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
