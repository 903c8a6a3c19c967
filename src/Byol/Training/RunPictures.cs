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

    /// <summary>A PNG of images, evenly over the data, with both their views of an epoch.</summary>
    /// <exception cref="InvalidDataException">None of them can be read.</exception>
    public static byte[] Views(Recipe recipe, IDataset data, int epoch = 0) =>
        ViewSheet.Draw(data, recipe.Views, recipe.Training.Seed, ViewSheet.Spread(data, Images), epoch, Tile).Png.ToArray();

    /// <summary>Draws the views of an epoch into a run's folder, in place of those before.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="recipe">How views are made.</param>
    /// <param name="data">The images.</param>
    /// <param name="epoch">From 0, whose views are there from the beginning.</param>
    /// <param name="warn">Receives a line if they cannot be drawn: a missing picture ends no run.</param>
    public static void DrawViews(string folder, Recipe recipe, IDataset data, int epoch, Action<string> warn)
    {
        if (epoch == 0) return;
        try
        {
            var png = Views(recipe, data, epoch);
            RunDirectory.Write(RunDirectory.ViewsIn(folder), stream => stream.Write(png));
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            warn($"No picture of the views of epoch {epoch}: {e.Message}");
        }
    }

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
