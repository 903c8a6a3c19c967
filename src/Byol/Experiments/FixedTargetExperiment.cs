using System.Globalization;
using Byol.Optim;
using Byol.Training;

namespace Byol.Experiments;

/// <summary>The experiment that BYOL comes from (section 3): a network that learns to predict a frozen random one is better than that one.
/// Here the result becomes the next fixed target, round after round.</summary>
internal static class FixedTargetExperiment
{
    private const ulong SeedsApart = 1000;   // between rounds, so that no round begins with weights of an earlier one

    /// <summary>The rows: the random target, the rounds, and BYOL's moving target.</summary>
    /// <param name="recipe">What they share.</param>
    /// <param name="rounds">Rounds of prediction, at least 1.</param>
    public static Experiment Of(Recipe recipe, int rounds)
    {
        var arms = new List<Arm> { new("frozen random network", "random", Fixed(0), 1.4) { IsUntrainedTarget = true } };
        for (var round = 1; round <= rounds; round++)
        {
            var name = round == 1
                ? "predicts the random network"
                : string.Create(CultureInfo.InvariantCulture, $"predicts the network of round {round - 1}");
            arms.Add(new Arm(name, Folder(round), Fixed(round - 1), round == 1 ? 18.8 : null)
            {
                TargetFrom = round == 1 ? null : Folder(round - 1)
            });
        }
        arms.Add(new Arm("moving target (BYOL)", "moving", recipe, 72.5));
        return new Experiment("fixed-target", "How far does predicting a fixed target lead?", arms,
            [
                "Paper: section 3 and table 5a, ResNet-50 on ImageNet, 1,000 classes; it has one round.",
                "Every round trains a fresh online network as long as BYOL trains in the last row.",
            ]);

        Recipe Fixed(int index) => recipe with
        {
            Method = recipe.Method with { Tau = 1, TauSchedule = Decay.Constant, TargetFromOtherWeights = true },
            Training = recipe.Training with { Seed = recipe.Training.Seed + SeedsApart * (ulong)index },
        };
    }

    private static string Folder(int round) => string.Create(CultureInfo.InvariantCulture, $"round-{round}");
}
