namespace Byol.Runs;

/// <summary>A step was not taken, because something in it was not finite.</summary>
/// <param name="Step">The step that was to be taken, from 1.</param>
/// <param name="NonFinite">What was not finite.</param>
/// <param name="Seed">With epoch and index it is the plan of an image's two views.</param>
/// <param name="Epoch">The pass over the data, from 0.</param>
/// <param name="Images">Indices of the images in question.</param>
/// <param name="Names">Their names.</param>
public sealed record NonFiniteRecord(
    long Step, string NonFinite, ulong Seed, int Epoch, IReadOnlyList<int> Images, IReadOnlyList<string> Names);

/// <summary>The run went back to a checkpoint and on with other images.</summary>
/// <param name="Step">The checkpoint's; 0 is the beginning.</param>
/// <param name="RewoundFrom">The step that could not be taken.</param>
/// <param name="Because">What was not finite in it.</param>
/// <param name="Skipped">Batches that the run has left out so far.</param>
public sealed record RewindRecord(long Step, long RewoundFrom, string Because, long Skipped);
