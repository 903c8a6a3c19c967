using System.Diagnostics;
using Byol.Data.Datasets;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>Finds how wide an encoder a budget of time can train: the widest that still sees enough images for its weights. A wide one that
/// has seen few is worse than a narrow one that has seen many (docs/HOUR.md has the measurements that the rule is read from).</summary>
public static class EncoderSizing
{
    private const long Small = 1_000_000;
    private const double Narrowest = 1.0 / 8;
    private const int TimedSteps = 5;
    private const double Share = 0.02;      // of the budget, after which two steps of a width are enough

    /// <summary>The recipe with the encoder that fits its budget. From narrow to wide a few steps of each width are timed, as long as
    /// the next may fit; the narrowest is taken where none fits.</summary>
    /// <param name="recipe">A recipe with a budget; of its encoder depth and stem are kept.</param>
    /// <param name="data">The images to train on.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="spent">Time of the budget that is spent already.</param>
    /// <param name="heard">Hears of every width that was timed.</param>
    /// <exception cref="ArgumentException">Recipe and data do not go together.</exception>
    public static Recipe Choose(Recipe recipe, IDataset data, Device device, TimeSpan spent, Action<EncoderTrial> heard)
    {
        RunRequirements.Validate(recipe, data, null);
        var start = Stopwatch.GetTimestamp();
        return Choose(
            recipe, candidate => ImagesPerSecond(candidate, data, device), () => spent + Stopwatch.GetElapsedTime(start), heard);
    }

    /// <summary>The rule itself.</summary>
    internal static Recipe Choose(Recipe recipe, Func<Recipe, double> imagesPerSecond, Func<TimeSpan> spent, Action<EncoderTrial> heard)
    {
        var (chosen, rate) = (recipe, 0.0);
        foreach (var width in Widths(recipe.Encoder))
        {
            var candidate = recipe with { Encoder = recipe.Encoder with { Width = width } };
            var wanted = Wanted(candidate.Encoder);
            if (width > Narrowest && rate * Seconds() < wanted) break;    // a wider one is not faster
            rate = imagesPerSecond(candidate);
            var trial = new EncoderTrial(candidate.Encoder, rate, rate * Seconds(), wanted);
            heard(trial);
            if (width == Narrowest || trial.Fits) chosen = candidate;
            if (!trial.Fits) break;
        }
        return chosen;

        double Seconds() => Math.Max(0, (recipe.Training.Budget - spent()).TotalSeconds);
    }

    /// <summary>How many images an encoder should see, each counted as often as it is seen: a tenth of one for each parameter of a small
    /// encoder, and one for each of a large one.</summary>
    internal static double Wanted(EncoderOptions encoder)
    {
        var parameters = ResNetShapes.Parameters(encoder);
        return parameters < Small ? 0.1 * parameters : parameters;
    }

    // Halves, up to the published width or the recipe's, where that is more.
    private static IEnumerable<double> Widths(EncoderOptions encoder)
    {
        for (var width = Narrowest; width <= Math.Max(1, encoder.Width); width *= 2) yield return width;
    }

    private static double ImagesPerSecond(Recipe recipe, IDataset data, Device device)
    {
        using var trial = new StepTrial(recipe, data, device);
        var most = Share * recipe.Training.Budget;
        var (taken, times) = (trial.Step(), new List<TimeSpan>());      // the first prepares convolutions
        do
        {
            times.Add(trial.Step());
            taken += times[^1];
        }
        while (times.Count < TimedSteps && taken < most);
        return recipe.Training.BatchSize / times.Order().ElementAt(times.Count / 2).TotalSeconds;
    }
}
