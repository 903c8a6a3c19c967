namespace Byol.Runs;

/// <summary>An image could not be read, and another takes its place in every epoch.</summary>
/// <param name="Step">The first step that wanted it, from 1.</param>
/// <param name="Unreadable">Its name.</param>
/// <param name="Index">Its index.</param>
/// <param name="Count">Such images so far.</param>
public sealed record UnreadableRecord(long Step, string Unreadable, int Index, int Count);
