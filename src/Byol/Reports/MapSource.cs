using Byol.Maps;
using Byol.Runs;

namespace Byol.Reports;

/// <summary>The embeddings that a run left, for its report: a part of them, spread evenly, where they are many.</summary>
internal static class MapSource
{
    private const int MostInReport = 1000;

    /// <summary>The map of a run's report: its plane and neighbors, which take a second; null if the run has no embeddings.</summary>
    public static MapView? OfReport(string run)
    {
        try
        {
            if (EmbeddingSnapshot.Read(run) is not { Count: > 1 } all) return null;
            var thumbnails = SnapshotThumbnails.Read(run, all.Count);
            var kept = Enumerable.Range(0, Math.Min(MostInReport, all.Count))
                .Select(i => (int)((long)i * all.Count / Math.Min(MostInReport, all.Count))).ToArray();
            var snapshot = Part(all, kept);
            var map = ImageMap.Of(snapshot.ToSingle(), snapshot.Dimension).Arrange();
            return MapReport.View(snapshot, map, i => thumbnails?[kept[i]].ToArray() ?? []);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;        // a report without a map is better than none
        }
    }

    private static EmbeddingSnapshot Part(EmbeddingSnapshot all, int[] kept) => all with
    {
        Directions = [.. kept.SelectMany(i => all.Directions.AsSpan(i * all.Dimension, all.Dimension).ToArray())],
        Names = [.. kept.Select(i => all.Names[i])],
        Labels = all.Labels.Count == 0 ? [] : [.. kept.Select(i => all.Labels[i])],
    };
}
