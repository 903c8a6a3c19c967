using System.Diagnostics;
using System.Globalization;
using Byol.Data.Datasets;
using Byol.Distributed;
using Byol.Interop;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Training;

/// <summary>Finds the widest encoder that sees enough images for its weights within a time budget. A wide encoder that has seen few images
/// is worse than a narrow one that has seen many (docs/HOUR.md has the measurements behind the rule).</summary>
public static class EncoderSizing
{
    private const long Small = 1_000_000;
    private const double Least = 0.02;      // images for each weight
    private const int TimedSteps = 5;
    private const double Share = 0.02;      // of the budget, after which two steps of a width are enough

    /// <summary>The recipe with the encoder that fits its budget. From narrow to wide, a few steps of each width are timed as long as the
    /// next may fit. If none fits, the narrowest is used.</summary>
    /// <param name="recipe">A recipe with a budget; its encoder is replaced by one of <see cref="EncoderOptions.Sizes"/>.</param>
    /// <param name="data">The images to train on.</param>
    /// <param name="device">The device to compute on.</param>
    /// <param name="spent">The time of the budget that is already spent.</param>
    /// <param name="heard">Receives every width that was timed.</param>
    /// <exception cref="ArgumentException">Recipe and data do not go together.</exception>
    public static Recipe Choose(Recipe recipe, IDataset data, Device device, TimeSpan spent, Action<EncoderTrial> heard)
    {
        var (start, ranks) = (Stopwatch.GetTimestamp(), Ranks.Current.Collective);
        RunRequirements.Validate(recipe, data, null, ranks.Count);
        return Choose(
            recipe, candidate => ImagesPerSecond(candidate, data, Ranks.Current.Place(device), ranks),
            () => Longest(spent + Stopwatch.GetElapsedTime(start), ranks), heard);
    }

    // So that all ranks come to the same.
    private static TimeSpan Longest(TimeSpan time, ICollective ranks)
    {
        Span<double> seconds = [time.TotalSeconds];
        ranks.Max(seconds);
        return TimeSpan.FromSeconds(seconds[0]);
    }

    /// <summary>The rule itself.</summary>
    internal static Recipe Choose(Recipe recipe, Func<Recipe, double> imagesPerSecond, Func<TimeSpan> spent, Action<EncoderTrial> heard)
    {
        var (chosen, rate) = (recipe, 0.0);
        foreach (var (i, encoder) in recipe.Encoder.Sizes.Index())
        {
            var wanted = Wanted(encoder);
            if (i > 0 && rate * Seconds() < wanted) break;    // a wider one is not faster
            var candidate = recipe with { Encoder = encoder };
            rate = Rate(candidate);
            var trial = new EncoderTrial(encoder, rate, rate * Seconds(), wanted);
            heard(trial);
            if (i == 0 || trial.Fits) chosen = candidate;
            if (!trial.Fits) break;
        }
        return chosen;

        double Rate(Recipe candidate)
        {
            try
            {
                return imagesPerSecond(candidate);
            }
            catch (Exception e) when (TorchErrors.IsOutOfMemory(e) && Ranks.Current.Count == 1)
            {
                return 0;       // what does not fit into memory does not fit; of several ranks the others may wait within a step
            }
        }

        double Seconds() => Math.Max(0, (recipe.Training.Budget - spent()).TotalSeconds);
    }

    /// <summary>The number of images that an encoder should see, each counted as often as it is seen: a tenth of an image for each
    /// parameter of a small encoder, and one for each parameter of a large one.</summary>
    internal static double Wanted(EncoderOptions encoder)
    {
        var parameters = encoder.ParameterCount;
        return parameters < Small ? 0.1 * parameters : parameters;
    }

    /// <summary>A message if an encoder that begins with random weights sees too few images to learn much, with the remedy; null otherwise.
    /// The limit is one image for each fifty weights, far below what the encoder needs.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="images">Images that it sees, each counted as often as it is seen.</param>
    internal static string? Shortfall(EncoderOptions encoder, double images) =>
        images >= Least * encoder.ParameterCount ? null : string.Create(CultureInfo.InvariantCulture,
            $"{images:N0} images, each counted as often as it is seen, are too few to learn much from for an encoder of "
            + $"{encoder.ParameterCount / 1e6:0.##} million weights, which needs about {Wanted(encoder):N0}; train longer, begin with "
            + $"pretrained weights, or choose a narrower encoder");

    private static double ImagesPerSecond(Recipe recipe, IDataset data, Device device, ICollective ranks)
    {
        using var trial = new StepTrial(recipe, data, device, ranks);
        var most = Share * recipe.Training.Budget;
        var (taken, times) = (Longest(trial.Step(), ranks), new List<TimeSpan>());      // the first prepares convolutions
        do
        {
            times.Add(Longest(trial.Step(), ranks));
            taken += times[^1];
        }
        while (times.Count < TimedSteps && taken < most);
        return recipe.Training.BatchSize / times.Order().ElementAt(times.Count / 2).TotalSeconds;
    }
}
