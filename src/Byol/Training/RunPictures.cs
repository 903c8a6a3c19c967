using System.Text;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Reports;
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

    /// <summary>Draws loss and accuracy over the epochs; nothing before the first step. A curve that is as it was is left alone.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="data">What the images are called.</param>
    public static void DrawLossCurve(string folder, string data)
    {
        var log = PretrainingRun.ReadLog(folder);
        var steps = log.OfType<StepRecord>().ToList();
        if (steps.Count == 0) return;
        var accuracies = log.OfType<KnnRecord>().ToList();
        var curve = LossCurve.Draw($"{data}: loss{(accuracies.Count > 0 ? " and kNN accuracy" : "")}", steps, accuracies);
        var path = RunDirectory.LossCurveIn(folder);
        if (File.Exists(path) && File.ReadAllText(path) == curve) return;
        RunDirectory.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(curve)));
    }
}
