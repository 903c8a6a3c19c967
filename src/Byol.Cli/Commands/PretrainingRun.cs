using System.Text;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Export;
using Byol.Interop;
using Byol.Reports;
using Byol.Runs;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>One pretraining run with all that it leaves in its folder; what quickstart and pretrain share.</summary>
internal static class PretrainingRun
{
    private const int SheetImages = 12, SheetTile = 96;

    /// <summary>Makes the folder of a new run, with recipe and sheet of views; the sheet is drawn first, so that bad images leave no
    /// folder.</summary>
    public static RunDirectory Start(string path, Recipe recipe, IDataset data, string command, OpenedEncoder? initial = null)
    {
        var sheet = Sheet(recipe, data);
        var run = RunDirectory.Create(path);
        // The recipe is what makes a run of the folder, so what it begins with is there before.
        if (initial is not null)
        {
            var description = initial.Description with { Recipe = null };
            RunDirectory.Write(run.Initial, stream => EncoderWriter.Write(stream, initial.Network, description));
        }
        var toml = RecipeFile.Format(recipe, $"byol {command.ReplaceLineEndings(" ")}");
        RunDirectory.Write(run.Recipe, stream => stream.Write(Encoding.UTF8.GetBytes(toml)));
        RunDirectory.Write(run.Views, stream => stream.Write(sheet));
        return run;
    }

    /// <summary>Trains and draws the curve. The run folder is open and locked.</summary>
    public static TrainingResult Execute(
        Recipe recipe, IDataset data, IDataset? validation, RunDirectory run, bool resume, CancellationToken cancellation,
        string? targetFrom = null, TimeSpan spent = default)
    {
        var trainer = new Trainer(recipe, data, validation, run, TorchRuntime.DefaultDevice, TimeProvider.System)
        {
            TargetFrom = targetFrom,
            Spent = spent,
        };
        if (!File.Exists(run.Views)) RunDirectory.Write(run.Views, stream => stream.Write(Sheet(recipe, data)));   // killed as it began
        var result = Train(trainer, resume, cancellation);
        var steps = RunLog.Read<StepRecord>(run.Metrics, "loss");
        if (steps.Count > 0)
        {
            var curve = LossCurve.Draw($"{data.Name}: loss and kNN accuracy", steps, RunLog.Read<KnnRecord>(run.Metrics, "knn"));
            // A finished run that is resumed stays as it is.
            if (!File.Exists(run.LossCurve) || File.ReadAllText(run.LossCurve) != curve)
                RunDirectory.Write(run.LossCurve, stream => stream.Write(Encoding.UTF8.GetBytes(curve)));
        }
        return result;
    }

    private static TrainingResult Train(Trainer trainer, bool resume, CancellationToken cancellation)
    {
        var progress = ConsoleProgress.OnStandardError();
        try
        {
            return trainer.Train(resume, progress, cancellation);
        }
        finally
        {
            progress.Ended();
        }
    }

    private static byte[] Sheet(Recipe recipe, IDataset data) => Sheet(recipe, data, Spread(data, SheetImages), 0, SheetTile, out _);

    /// <summary>Indices of images, evenly over the data.</summary>
    public static IEnumerable<int> Spread(IDataset data, int count) =>
        Enumerable.Range(0, Math.Min(count, data.Count)).Select(i => (int)((long)i * data.Count / Math.Min(count, data.Count)));

    /// <summary>A PNG of images and both their views in an epoch. Unreadable images are passed over, as in training.</summary>
    public static byte[] Sheet(Recipe recipe, IDataset data, IEnumerable<int> wanted, int epoch, int tile, out IReadOnlyList<string> plans)
    {
        var sampler = new ViewSampler(recipe.Views, recipe.Training.Seed);
        var indices = wanted.ToList();
        var images = new List<Image8>();
        InvalidDataException? unreadable = null;
        foreach (var index in indices.ToList())
        {
            try
            {
                images.Add(data.Read(index));
            }
            catch (InvalidDataException e)
            {
                unreadable = e;
                indices.Remove(index);
            }
        }
        if (images.Count == 0) throw unreadable!;
        var drawn = indices.Zip(images, (index, image) => (First: Plan(index, image, 0), Second: Plan(index, image, 1))).ToList();
        plans = [.. indices.Zip(drawn, (index, pair) => $"{data.ItemName(index)}\n  v   {pair.First}\n  v'  {pair.Second}")];
        return ImageEncoder.Png(PreviewSheet.Draw(images, drawn, recipe.Views, tile));

        ViewPlan Plan(int index, Image8 image, int view) => sampler.Sample(image.SourceWidth, image.SourceHeight, epoch, index, view);
    }
}
