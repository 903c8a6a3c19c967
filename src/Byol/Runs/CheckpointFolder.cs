using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Byol.Runs;

/// <summary>A checkpoint on disk: a folder <c>step-000000200</c> of parts, and a manifest with the SHA-256 of each.</summary>
public sealed class CheckpointFolder
{
    internal CheckpointFolder(string path, long step) =>
        (Path, Step) = (path, step);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Optimizer steps taken, as its name says.</summary>
    public long Step { get; }

    /// <summary>The part that holds a <see cref="RunProgress"/>.</summary>
    internal const string ProgressName = "progress.json";

    private const string Prefix = "step-", ManifestName = "manifest.json";
    private const int Format = 1;
    private static readonly JsonSerializerOptions Json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    private sealed record Manifest(int Format, long Step, Dictionary<string, string>? Sha256);

    /// <summary>The checkpoints of a run, newest first, without opening them.</summary>
    /// <param name="run">The run's folder.</param>
    public static IReadOnlyList<CheckpointFolder> Of(string run) => In(RunDirectory.CheckpointsIn(run));

    /// <summary>The same, where the folder of them is known; it need not exist.</summary>
    internal static IReadOnlyList<CheckpointFolder> In(string checkpoints) => !Directory.Exists(checkpoints) ? [] :
    [
        .. from path in Directory.GetDirectories(checkpoints, Prefix + "*")
           let name = System.IO.Path.GetFileName(path)
           where long.TryParse(name[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out _)
           let step = long.Parse(name[Prefix.Length..], CultureInfo.InvariantCulture)
           where name == Name(step)
           orderby step descending
           select new CheckpointFolder(path, step),
    ];

    /// <summary>Writes a checkpoint: every part is on disk before the manifest, and everything before the folder gets its name.</summary>
    /// <param name="checkpoints">The folder of them; made where it does not exist.</param>
    /// <param name="step">Optimizer steps taken.</param>
    /// <param name="progress">Is stored as a separate part.</param>
    /// <param name="parts">File names, and what writes each.</param>
    /// <exception cref="IOException">The disk is full or failed, and the checkpoint was not written; earlier ones are
    /// unchanged.</exception>
    internal static void Write(string checkpoints, long step, RunProgress progress, IEnumerable<(string Name, Action<Stream> Write)> parts)
    {
        var path = System.IO.Path.Combine(checkpoints, Name(step));
        var temporary = path + RunDirectory.TemporarySuffix;
        try
        {
            DurableFiles.MakeFolder(checkpoints);
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            Directory.CreateDirectory(temporary);
            var digests = parts.Append((ProgressName, stream => JsonSerializer.Serialize(stream, progress, Json)))
                .ToDictionary(part => part.Item1, part => WritePart(System.IO.Path.Combine(temporary, part.Item1), part.Item2));
            WritePart(System.IO.Path.Combine(temporary, ManifestName),
                stream => JsonSerializer.Serialize(stream, new Manifest(Format, step, digests), Json));
            DurableFiles.FlushFolder(temporary);
            if (Directory.Exists(path)) new CheckpointFolder(path, step).Remove();
            Directory.Move(temporary, path);
            DurableFiles.FlushFolder(checkpoints);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DurableFiles.TryDelete(temporary);   // it may be what the disk is full of
            throw DurableFiles.NotWritten(path, e);
        }
    }

    /// <summary>Removes the checkpoint; it is renamed first, so that no partial checkpoint has its name.</summary>
    internal void Remove()
    {
        var going = Path + ".old" + RunDirectory.TemporarySuffix;
        if (Directory.Exists(going)) Directory.Delete(going, recursive: true);
        Directory.Move(Path, going);
        Directory.Delete(going, recursive: true);
    }

    /// <summary>Whether it contains a part.</summary>
    /// <param name="part">A file name.</param>
    internal bool Has(string part) => File.Exists(PathOf(part));

    /// <summary>The path of a part.</summary>
    /// <param name="part">A file name.</param>
    internal string PathOf(string part) => System.IO.Path.Combine(Path, part);

    /// <summary>Reads the progress of the run; empty for a checkpoint that was written without.</summary>
    internal RunProgress Progress() => Has(ProgressName) ? Read<RunProgress>(ProgressName) : RunProgress.None;

    /// <summary>Epochs done, with fraction.</summary>
    public double Epoch => Progress().Epoch;

    /// <summary>Compares every file with the manifest.</summary>
    /// <returns>What is wrong, or null if it is undamaged.</returns>
    public string? Problem()
    {
        try
        {
            var manifest = Read<Manifest>(ManifestName);
            if (manifest.Format != Format) return $"its manifest is of format {manifest.Format}, and only {Format} can be read";
            if (manifest.Step != Step) return $"its manifest says step {manifest.Step}";
            if (manifest.Sha256 is not { Count: > 0 } digests) return "its manifest has no digest";
            // In both directions: no part may be missing, and the manifest must list every part.
            foreach (var name in digests.Keys.Union(Directory.GetFiles(Path).Select(f => System.IO.Path.GetFileName(f))
                .Where(n => n != ManifestName)))
            {
                if (digests.GetValueOrDefault(name) is not { } digest) return $"its manifest has no digest of {name}";
                if (System.IO.Path.GetFileName(name) != name || !Has(name)) return $"{name} is missing";
                if (Digest(PathOf(name)) != digest) return $"{name} does not match its digest in the manifest";
            }
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            return e.Message;
        }
    }

    private static string Name(long step) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D9}");

    private static string WritePart(string path, Action<Stream> write)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        using var hashed = new HashedStream(file);
        write(hashed);
        DurableFiles.Flush(file);
        return hashed.Digest;
    }

    private static string Digest(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private T Read<T>(string name) =>
        JsonSerializer.Deserialize<T>(File.ReadAllBytes(PathOf(name)), Json) ?? throw new InvalidDataException($"{name} says nothing");
}
