using System.Globalization;
using Byol.Optim;
using Byol.Runs;

namespace Byol.Training;

/// <summary>Says, as soon as it is known how long a run will be, that it is too short to learn much.</summary>
/// <param name="recipe">What is trained.</param>
/// <param name="images">Images in the data.</param>
/// <param name="beganWithEncoder">Whether it began with an encoder.</param>
internal sealed class Shortfall(Recipe recipe, int images, bool beganWithEncoder)
{
    private const double LeastOfEpochs = 0.25;     // of those that the recipe was measured with
    private const long LeastSteps = 400;           // on photographs of tiles 240 were too few and 800 enough (docs/EXPERIMENTS.md)
    private bool _told;

    /// <summary>What so many steps are too short for; null if they are enough.</summary>
    /// <remarks>An encoder that begins with random weights needs images for each weight; with Muon, which turns all weights by a set share,
    /// and a coding rate it needs steps. One that is continued knows much already; too short is less than an epoch, or than a quarter of
    /// the recipe's.</remarks>
    /// <param name="steps">Steps in all.</param>
    public string? Of(long steps)
    {
        var training = recipe.Training;
        if (!beganWithEncoder)
        {
            return recipe.Optimizer.Kind == OptimizerKind.Muon && recipe.Method.CodingRateWeight > 0 ? FewSteps(steps)
                : EncoderSizing.Shortfall(recipe.Encoder, (double)steps * training.BatchSize);
        }
        var epochs = (double)steps / Math.Max(1, images / training.BatchSize);
        return epochs >= Math.Max(1, LeastOfEpochs * training.Epochs) ? null : string.Create(CultureInfo.InvariantCulture,
            $"{steps:N0} {(steps == 1 ? "step" : "steps")} ({epochs:0.##} epochs) are too few to continue an encoder: the recipe has "
            + $"{training.Epochs}; train longer");
    }

    private static string? FewSteps(long steps) => steps >= LeastSteps ? null : string.Create(CultureInfo.InvariantCulture,
        $"{steps:N0} {(steps == 1 ? "step is" : "steps are")} too few to learn much from random weights, which takes {LeastSteps} or more; train "
        + $"longer, or begin with pretrained weights");

    /// <summary>Looks at the length of the run, once.</summary>
    /// <param name="steps">Steps in all; 0 if that is not known yet.</param>
    /// <param name="step">Steps taken.</param>
    /// <param name="start">Its log gets the line if it says otherwise.</param>
    /// <param name="listener">Receives the line if the run is too short, also when the run is resumed.</param>
    public void Look(long steps, long step, RunStart start, IRunListener listener)
    {
        if (_told || steps == 0) return;
        _told = true;
        var record = new ShortfallRecord(step, Of(steps) ?? "");
        if (record.Shortfall != start.History.Shortfall) start.Log?.Receive(record);
        if (record.NeedsAttention) listener.Receive(record);
    }
}
