using Byol.Experiments;
using Byol.Optim;
using Byol.Tests.Training;
using Byol.Training;

namespace Byol.Tests.Experiments;

public sealed class ExperimentTests
{
    private static readonly Recipe Recipe = TinyRun.Recipe;

    [Fact]
    public void Tau_has_the_papers_values_and_figures_and_differs_in_nothing_else()
    {
        var arms = TauExperiment.Of(Recipe).Arms;
        Assert.Equal(
            [(0, 0.3), (0.9, 68.4), (0.99, 72.5), (0.999, 69.8), (1, 18.8)],
            arms.Take(5).Select(a => (a.Recipe.Method.Tau, a.Paper!.Value)));
        Assert.All(arms.Take(5), a => Assert.Equal(Decay.Constant, a.Recipe.Method.TauSchedule));
        Assert.Equal(Decay.Cosine, arms[5].Recipe.Method.TauSchedule);
        Assert.All(arms, a => Assert.Equal(Recipe, a.Recipe with { Method = Recipe.Method }));
        Assert.All(arms.SkipLast(1), a =>
            Assert.Equal(Recipe.Method, a.Recipe.Method with { Tau = Recipe.Method.Tau, TauSchedule = Recipe.Method.TauSchedule }));
        Assert.Equal(arms[0].Recipe.Method with { Predictor = false }, arms[6].Recipe.Method);
        Assert.Equal(7, arms.Select(a => a.Folder).Distinct().Count());
    }

    [Fact]
    public void A_fixed_target_is_random_at_first_and_then_the_round_before()
    {
        var arms = FixedTargetExperiment.Of(Recipe, rounds: 3).Arms;
        Assert.Equal(["random", "round-1", "round-2", "round-3", "moving"], arms.Select(a => a.Folder));
        Assert.Equal([null, null, "round-1", "round-2", null], arms.Select(a => a.TargetFrom));
        Assert.Equal([1.4, 18.8, null, null, 72.5], arms.Select(a => a.Paper));
        Assert.Equal([true, false, false, false, false], arms.Select(a => a.IsUntrainedTarget));
        Assert.All(arms.SkipLast(1), a =>
            Assert.True(a.Recipe.Method is { Tau: 1, TauSchedule: Decay.Constant, TargetFromOtherWeights: true }));
        // The row that is scored untrained is the target that the first round predicts; later rounds draw weights of their own.
        Assert.Equal(arms[0].Recipe, arms[1].Recipe);
        Assert.Equal(3, arms.Skip(1).Take(3).Select(a => a.Recipe.Training.Seed).Distinct().Count());
        Assert.Equal(Recipe, arms[4].Recipe);
    }

    [Fact]
    public void Augmentations_are_taken_away_one_after_the_other()
    {
        var arms = AugmentationExperiment.Of(Recipe).Arms;
        Assert.Equal([72.5, 70.3, 63.4, 61.1, 59.4], arms.Select(a => a.Paper!.Value));
        Assert.Equal(5, arms.Select(a => a.Folder).Distinct().Count());
        var views = arms.Select(a => a.Recipe.Views).ToList();
        Assert.Equal(Recipe.Views, views[0]);
        Assert.Equal([0.2, 0, 0, 0, 0], views.Select(v => v.GrayscaleProbability));
        Assert.Equal([0.8, 0.8, 0, 0, 0], views.Select(v => v.JitterProbability));
        Assert.Equal([0.5, 0.5, 0.5, 0, 0], views.Select(v => v.FlipProbability));
        Assert.Equal([0.2, 0.2, 0.2, 0, 0], views.Select(v => v.SolarizeProbability.Second));
        Assert.Equal([1, 1, 1, 1, 0], views.Select(v => v.BlurProbability.First));
        Assert.All(views, v => Assert.Equal(Recipe.Views.CropArea, v.CropArea));
    }

    [Fact]
    public void What_a_recipe_does_not_have_cannot_be_taken_away_and_is_trained_once()
    {
        var arms = AugmentationExperiment.Of(Recipe with { Views = Recipe.Views with { GrayscaleProbability = 0 } }).Arms;
        Assert.Equal("all", arms[1].Folder);
        Assert.Equal("no grayscale = all augmentations", arms[1].Name);
        Assert.Equal("no-color", arms[2].Folder);
    }

    [Fact]
    public void Repetitions_differ_in_their_seed_alone()
    {
        var arm = new Arm("a", "a", Recipe, null);
        Assert.Equal(Recipe, arm.Repeated(0));
        Assert.Equal(Recipe with { Training = Recipe.Training with { Seed = Recipe.Training.Seed + 2 } }, arm.Repeated(2));
    }
}
