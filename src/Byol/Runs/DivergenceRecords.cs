using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>A step was not taken, because something in it was not finite.</summary>
/// <param name="Step">The step that was to be taken, from 1.</param>
/// <param name="NonFinite">What was not finite.</param>
/// <param name="Seed">With epoch and index it is the plan of an image's two views.</param>
/// <param name="Epoch">The pass over the data, from 0.</param>
/// <param name="Images">Indices of the images in question.</param>
/// <param name="Names">Their names.</param>
public sealed record NonFiniteRecord(
    long Step, string NonFinite, ulong Seed, int Epoch, IReadOnlyList<int> Images, IReadOnlyList<string> Names) : RunRecord
{
    private const int NamedImages = 3;

    /// <inheritdoc/>
    public override string ToString() =>
        $"Step {Step}: {NonFinite} is not finite; seed {Seed}, epoch {Epoch}, {(Images.Count == 1 ? "image" : "images")} "
        + $"{string.Join(", ", Images.Zip(Names).Take(NamedImages).Select(i => $"{i.First} ({i.Second})"))}"
        + $"{(Images.Count > NamedImages ? $" and {Images.Count - NamedImages} more, all in metrics.jsonl" : "")}.";
}

/// <summary>The run went back to a checkpoint and on with other images.</summary>
/// <param name="Step">The checkpoint's; 0 is the beginning.</param>
/// <param name="RewoundFrom">The step that could not be taken.</param>
/// <param name="Because">What was not finite in it.</param>
/// <param name="Skipped">Batches that the run has left out so far.</param>
public sealed record RewindRecord(long Step, long RewoundFrom, string Because, long Skipped) : RunRecord
{
    /// <summary>What is known of that step; null where the record was read from a log.</summary>
    [JsonIgnore]
    public NonFiniteRecord? Failure { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsAttention => true;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Failure?.ToString() ?? $"Step {RewoundFrom}: {Because} is not finite."} "
        + $"Gone back to step {Step}; the images up to those of that step are left out.";
}
