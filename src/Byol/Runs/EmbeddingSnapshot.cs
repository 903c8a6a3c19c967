using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Byol.Runs;

/// <summary>What an encoder made of some images at an evaluation of its run: directions of embeddings, with names and labels.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Data">What the images are called together.</param>
/// <param name="Dimension">D.</param>
/// <param name="Directions">[N,D], rows of length 1 (or 0).</param>
/// <param name="Names">N.</param>
/// <param name="Labels">N class names; empty if there are none.</param>
internal sealed record EmbeddingSnapshot(
    long Step, double Epoch, string Data, int Dimension, Half[] Directions, IReadOnlyList<string> Names, IReadOnlyList<string> Labels)
{
    /// <summary>Most images that a run keeps embeddings of.</summary>
    public const int MostImages = 10_000;

    private const string TensorName = "embeddings";

    /// <summary>N.</summary>
    public int Count => Names.Count;

    /// <summary>Where a run keeps it.</summary>
    /// <param name="run">A run folder.</param>
    public static string PathIn(string run) => Path.Combine(run, "embeddings.safetensors");

    /// <summary>Writes it into the folder of its run; the one before is replaced.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Write(string run) => RunDirectory.Write(PathIn(run), stream => SnapshotFile.Write(
        stream,
        new Dictionary<string, string>
        {
            ["step"] = Step.ToString(CultureInfo.InvariantCulture), ["epoch"] = Epoch.ToString("R", CultureInfo.InvariantCulture),
            ["data"] = Data, ["names"] = JsonSerializer.Serialize(Names), ["labels"] = JsonSerializer.Serialize(Labels),
        },
        [(TensorName, new SnapshotFile.Part("F16", [Count, Dimension], SnapshotFile.Bytes(Directions)))]));

    /// <summary>Reads that of a run; null if it has none.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static EmbeddingSnapshot? Read(string run)
    {
        var path = PathIn(run);
        if (!File.Exists(path)) return null;
        var (metadata, parts) = SnapshotFile.Read(path);
        try
        {
            var part = parts[TensorName];
            var names = JsonSerializer.Deserialize<string[]>(metadata["names"]) ?? [];
            var labels = JsonSerializer.Deserialize<string[]>(metadata["labels"]) ?? [];
            var isWhole = part is { Type: "F16", Shape: [var count, > 0 and < 1 << 20] } && count == names.Length && count <= MostImages
                && (labels.Length == 0 || labels.Length == names.Length);
            if (!isWhole) throw new FormatException();
            return new EmbeddingSnapshot(
                long.Parse(metadata["step"], CultureInfo.InvariantCulture), double.Parse(metadata["epoch"], CultureInfo.InvariantCulture),
                metadata["data"], (int)part.Shape[1], MemoryMarshal.Cast<byte, Half>(part.Bytes.Span).ToArray(),
                [.. names.Select(n => n ?? "")], [.. labels.Select(l => l ?? "")]);
        }
        catch (Exception e) when (e is KeyNotFoundException or FormatException or JsonException or OverflowException)
        {
            throw new InvalidDataException($"{path} is damaged; delete it, and the run writes it again when it is resumed.");
        }
    }

    /// <summary>How often the most frequent label stands among those that a run keeps: what guessing it would score; null if there are no
    /// labels, or they cannot be read.</summary>
    /// <param name="run">A run folder.</param>
    public static double? MajorityShare(string run)
    {
        try
        {
            if (new FileInfo(PathIn(run)) is not { Exists: true, LinkTarget: null }) return null;
            return SnapshotFile.ReadMetadata(PathIn(run)).TryGetValue("labels", out var json)
                && JsonSerializer.Deserialize<string[]>(json) is { Length: > 0 } labels
                ? labels.CountBy(l => l).Max(l => l.Value) / (double)labels.Length : null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The directions in fp32, [N,D]; what is not a number is 0.</summary>
    public float[] ToSingle()
    {
        var values = new float[Directions.Length];
        for (var i = 0; i < values.Length; i++) values[i] = Half.IsFinite(Directions[i]) ? (float)Directions[i] : 0;
        return values;
    }
}
