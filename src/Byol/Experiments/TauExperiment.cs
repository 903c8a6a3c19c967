using System.Globalization;
using Byol.Optim;
using Byol.Training;

namespace Byol.Experiments;

/// <summary>How fast the target may follow (BYOL, table 5a): at τ = 0 it is the online network and training collapses, at τ = 1 it never
/// moves.</summary>
internal static class TauExperiment
{
    private const double CosineFrom = 0.99;

    // Top-1 on ImageNet after 300 epochs.
    private static readonly (double Tau, double Paper)[] Table = [(0, 0.3), (0.9, 68.4), (0.99, 72.5), (0.999, 69.8), (1, 18.8)];

    /// <summary>The rows: each τ held constant, the cosine from 0.99 to 1, and τ = 0 without a predictor,
    /// which collapses for certain.</summary>
    /// <param name="recipe">What they share.</param>
    public static Experiment Of(Recipe recipe)
    {
        var constant = Table.Select(row =>
            new Arm(Text($"τ = {row.Tau}"), Text($"tau-{row.Tau}"), With(row.Tau, Decay.Constant), row.Paper));
        return new Experiment("tau", "How fast may the target follow?",
            [
                .. constant,
                new Arm(Text($"τ = {CosineFrom} → 1, cosine"), "tau-cosine", With(CosineFrom, Decay.Cosine), null),
                new Arm("τ = 0, no predictor", "no-predictor",
                    recipe with { Method = recipe.Method with { Tau = 0, TauSchedule = Decay.Constant, Predictor = false } }, null),
            ],
            [
                "Paper: table 5a, ResNet-50, 300 epochs of ImageNet, 1,000 classes; "
                    + "there τ of 0.9, 0.99 and 0.999 rises to 1 along a cosine, here it is constant.",
                "τ = 0 with a predictor is SimSiam (Chen and He 2021): it does not have to collapse, least of all in a short run. "
                    + "Without the predictor nothing prevents collapse.",
                "A short run favors a lower τ: the target has fewer steps to follow in.",
            ]);

        Recipe With(double tau, Decay schedule) => recipe with { Method = recipe.Method with { Tau = tau, TauSchedule = schedule } };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
