using Byol.Evaluation;
using Byol.Evaluation.Classification;
using CsCheck;

namespace Byol.Tests.Evaluation.Classification;

public sealed class CrossValidationTests
{
    [Fact]
    public void Every_image_is_asked_about_once_by_a_fit_that_knows_its_class_and_not_the_image() =>
        Gen.Select(Gen.Int[0, 3].Array[2, 40], Gen.Int[2, 6], Gen.ULong).Sample((labels, parts, seed) =>
        {
            if (labels.Distinct().Count() < 2) return;
            var fold = LabelSampler.Folds(labels, parts, seed);
            var asked = new List<int>();
            CrossValidation.Run(labels, fold, (fitted, held) =>
            {
                Assert.Empty(fitted.Intersect(held));
                Assert.Empty(fitted.Select(i => fold[i]).Intersect(held.Select(i => fold[i])));
                Assert.Empty(held.Select(i => labels[i]).Except(fitted.Select(i => labels[i])));
                asked.AddRange(held);
                return new HeldOut(held, [], [], Calibration.None(4), []);
            }, null, TestContext.Current.CancellationToken);
            Assert.Equal(asked.Distinct().Count(), asked.Count);
            var left = Enumerable.Range(0, labels.Length).Except(asked).ToList();
            // What is left out is alone in its class, or all of its class lie in one fold, or nothing but one class would be left to learn.
            Assert.All(left, i => Assert.True(
                Enumerable.Range(0, labels.Length).Where(j => labels[j] == labels[i]).All(j => fold[j] == fold[i])
                || Enumerable.Range(0, labels.Length).Where(j => fold[j] != fold[i]).Select(j => labels[j]).Distinct().Count() < 2));
        }, iter: 300);

    // The labels are noise: whatever looks at a held-out label would do better than chance.
    [Fact]
    public void On_labels_that_mean_nothing_the_accuracy_is_chance_and_calibrated_probabilities_say_so()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var random = new TorchSharp.torch.Generator(1);
        int[] labels = [.. Enumerable.Range(0, 400).Select(i => new Random(i).Next(4))];
        using var data = new LabeledFeatures(
            TorchSharp.torch.randn([400, 50], generator: random), [.. Enumerable.Range(0, 400)], labels, []);
        var trained = new FrozenTraining(data, LabelSampler.Folds(labels, 5, 1), new LinearHead(4, true, null))
            .Run(null, TestContext.Current.CancellationToken);
        var report = new ClassifierReport(trained.HeldOut, labels, 4, trained.Head.Calibration.Temperature);
        Assert.InRange(report.Accuracy, 0.15, 0.35);
        Assert.False(report.BeatsChance);
        Assert.InRange(report.CalibrationError, 0, report.CalibrationErrorByChance * 2.5);
        trained.Head.Dispose();
        trained.Novelty.Dispose();
    }
}
