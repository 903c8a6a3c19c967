using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Runs;

namespace Byol.Training;

/// <summary>The pictures that a run leaves in its folder.</summary>
internal static class RunPictures
{
    private const int Images = 12, Tile = 96;

    /// <summary>A PNG of images, evenly over the data, with both their views of the first epoch.</summary>
    /// <exception cref="InvalidDataException">None of them can be read.</exception>
    public static byte[] Views(Recipe recipe, IDataset data) =>
        ViewSheet.Draw(data, recipe.Views, recipe.Training.Seed, ViewSheet.Spread(data, Images), epoch: 0, Tile).Png.ToArray();

    /// <summary>An SVG of loss and accuracy over the epochs; null before the first step.</summary>
    public static string? LossCurve(string data, IReadOnlyList<RunRecord> log)
    {
        var steps = log.OfType<StepRecord>().ToList();
        return steps.Count == 0 ? null
            : Reports.LossCurve.Draw($"{data}: loss and kNN accuracy", steps, [.. log.OfType<KnnRecord>()]);
    }
}
