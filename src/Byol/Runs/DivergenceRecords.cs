using System.Text.Json.Serialization;

namespace Byol.Runs;

/// <summary>A step was not taken, because something in it was not finite.</summary>
internal sealed class NonFiniteRecord : RunRecord
{
    [JsonConstructor]
    internal NonFiniteRecord(
        long step, string nonFinite, ulong seed, int epoch, IReadOnlyList<int> images, IReadOnlyList<string> names) =>
        (Step, NonFinite, Seed, Epoch, Images, Names) = (step, nonFinite, seed, epoch, images, names);

    /// <inheritdoc/>
    public override long Step { get; }

    /// <summary>What was not finite.</summary>
    public string NonFinite { get; }

    /// <summary>With epoch and index it is the plan of an image's two views.</summary>
    public ulong Seed { get; }

    /// <summary>The pass over the data, from 0.</summary>
    public int Epoch { get; }

    /// <summary>Indices of the images in question.</summary>
    public IReadOnlyList<int> Images { get; }

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names { get; }

    private const int NamedImages = 3;

    /// <inheritdoc/>
    private protected override string Line =>
        $"Step {Step}: {NonFinite} is not finite; seed {Seed}, epoch {Epoch}, {(Images.Count == 1 ? "image" : "images")} "
        + $"{string.Join(", ", Images.Zip(Names).Take(NamedImages).Select(i => $"{i.First} ({i.Second})"))}"
        + $"{(Images.Count > NamedImages ? $" and {Images.Count - NamedImages} more, all in metrics.jsonl" : "")}.";
}

/// <summary>The run went back to a checkpoint and on with other images.</summary>
internal sealed class RewindRecord : RunRecord
{
    [JsonConstructor]
    internal RewindRecord(long step, long rewoundFrom, string because, long skipped) =>
        (Step, RewoundFrom, Because, Skipped) = (step, rewoundFrom, because, skipped);

    /// <inheritdoc/>
    public override long Step { get; }

    /// <summary>The step that could not be taken.</summary>
    public long RewoundFrom { get; }

    /// <summary>What was not finite in it.</summary>
    public string Because { get; }

    /// <summary>Batches that the run has left out so far.</summary>
    public long Skipped { get; }

    /// <summary>What is known of that step; null if the record was read from a log.</summary>
    [JsonIgnore]
    public NonFiniteRecord? Failure { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsAttention => true;

    /// <inheritdoc/>
    private protected override string Line =>
        $"{Failure?.ToString() ?? $"Step {RewoundFrom}: {Because} is not finite."} "
        + $"Returned to step {Step}; the images up to those of that step are left out.";
}
