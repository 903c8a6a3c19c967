using System.Security.Cryptography;
using System.Text.Json;
using Byol.Export;
using Byol.Method;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>Everything a run needs to go on: safetensors files and a manifest with their digests, in a folder of its own.</summary>
/// <remarks>
/// The folder is filled under a temporary name, manifest last, and then renamed. Views, order and schedules are pure functions of seed
/// and step, so the step is all there is to say about them.
/// </remarks>
public static class Checkpoint
{
    private const int Kept = 2;
    private const string ManifestName = "manifest.json", OnlineName = "online.safetensors", TargetName = "target.safetensors", OptimizerName = "optimizer.safetensors", ProbeName = "probe.safetensors";
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    private sealed record Manifest(int Format, long Step, Dictionary<string, string>? Sha256);

    /// <summary>Writes a checkpoint, then removes all but the last two.</summary>
    /// <param name="run">The run.</param>
    /// <param name="state">What to save.</param>
    /// <param name="probe">The online probe's, if one learns.</param>
    public static void Save(RunDirectory run, ByolState state, IReadOnlyList<(string Name, Tensor Value)>? probe = null)
    {
        Directory.CreateDirectory(run.Checkpoints);
        RunDirectory.WriteFolder(Path.Combine(run.Checkpoints, FolderName(state.Step)), folder =>
        {
            var digests = new Dictionary<string, string>();
            foreach (var (name, tensors) in Parts(state, probe))
            {
                var file = Path.Combine(folder, name);
                RunDirectory.Write(file, stream => Safetensors.Write(stream, tensors, new Dictionary<string, string> { ["step"] = $"{state.Step}" }));
                digests[name] = Digest(file);
            }
            RunDirectory.Write(Path.Combine(folder, ManifestName), stream => JsonSerializer.Serialize(stream, new Manifest(1, state.Step, digests), Json));
        });
        foreach (var old in Folders(run.Checkpoints).Skip(Kept)) Directory.Delete(old, recursive: true);
    }

    /// <summary>Restores the newest checkpoint that is whole.</summary>
    /// <param name="run">The run.</param>
    /// <param name="state">Freshly built from the run's recipe; overwritten once a checkpoint has been verified.</param>
    /// <param name="warn">Told of each checkpoint that was passed over.</param>
    /// <param name="probe">The online probe's, if one learns; left as it is where the checkpoint was written without one.</param>
    /// <returns>False where there is none yet.</returns>
    /// <exception cref="InvalidDataException">There are checkpoints, but none is whole.</exception>
    public static bool Restore(RunDirectory run, ByolState state, Action<string> warn, IReadOnlyList<(string Name, Tensor Value)>? probe = null)
    {
        if (NewestWhole(run.Checkpoints, warn) is not { } folder) return false;
        foreach (var (name, tensors) in Parts(state, HasProbe(folder) ? probe : null)) Copy(Path.Combine(folder, name), tensors);
        state.Step = ReadManifest(folder).Step;
        return true;
    }

    /// <summary>Makes the target what the online network of another run has become: f and g of its newest checkpoint that is whole.</summary>
    /// <param name="run">The other run's folder; its networks must have the same shapes.</param>
    /// <param name="target">Overwritten.</param>
    /// <exception cref="InvalidDataException">There is no such checkpoint, or it does not fit.</exception>
    public static void CopyOnline(string run, TargetNetwork target)
    {
        var folder = NewestWhole(RunDirectory.CheckpointsIn(run), _ => { }) ?? throw new InvalidDataException($"{run} has no checkpoint for a target to start from; train it first.");
        Copy(Path.Combine(folder, OnlineName), [.. EncoderFile.Tensors(target)]);
    }

    private static string? NewestWhole(string checkpoints, Action<string> warn)
    {
        var folders = Folders(checkpoints);
        foreach (var folder in folders)
        {
            if (Verify(folder) is not { } problem) return folder;
            warn($"{folder} is passed over: {problem}");
        }
        return folders.Count == 0 ? null : throw new InvalidDataException($"No checkpoint in {checkpoints} is whole; start again in another --out.");
    }

    private static void Copy(string path, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        using var file = new SafetensorsFile(path);
        foreach (var (name, value) in tensors) file.CopyTo(name, value);
    }

    // Newest first; the names sort as the steps do.
    private static List<string> Folders(string checkpoints) =>
        Directory.Exists(checkpoints) ? [.. Directory.GetDirectories(checkpoints, "step-*").Where(f => !f.EndsWith(".tmp", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal)] : [];

    private static string? Verify(string folder)
    {
        try
        {
            var manifest = ReadManifest(folder);
            if (Path.GetFileName(folder) != FolderName(manifest.Step)) return $"its manifest says step {manifest.Step}";
            foreach (var name in (string[])[OnlineName, TargetName, OptimizerName, .. HasProbe(folder) ? (string[])[ProbeName] : []])
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

    // By the file itself and not by the manifest: a manifest that forgets it then fails.
    private static bool HasProbe(string folder) => File.Exists(Path.Combine(folder, ProbeName));

    private static string FolderName(long step) => $"step-{step:D9}";

    private static Manifest ReadManifest(string folder) =>
        JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(Path.Combine(folder, ManifestName)), Json) ?? throw new InvalidDataException("its manifest is empty");

    private static IEnumerable<(string Name, IReadOnlyList<(string Name, Tensor Value)> Tensors)> Parts(ByolState state, IReadOnlyList<(string Name, Tensor Value)>? probe) =>
    [
        (OnlineName, [.. EncoderFile.Tensors(state.Online)]),
        (TargetName, [.. EncoderFile.Tensors(state.Target)]),
        (OptimizerName, state.Optimizer.State),
        .. probe is null ? [] : new (string, IReadOnlyList<(string, Tensor)>)[] { (ProbeName, probe) },
    ];

    private static string Digest(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
