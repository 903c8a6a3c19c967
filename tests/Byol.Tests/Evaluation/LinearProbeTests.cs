using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class LinearProbeTests
{
    [Fact]
    public void Noise_asks_for_a_stronger_penalty_than_signal()
    {
        using var scope = NewDisposeScope();
        using var clear = Clusters.Draw(200, 20, 4, seed: 1, spread: 0.5f);
        using var noisy = Clusters.Draw(200, 20, 4, seed: 1, spread: 20);
        var (signal, noise) = (Choose(clear), Choose(noisy));
        Assert.True(noise < signal, $"{noise} for noise, {signal} for signal");

        static double Choose(FeatureBank bank)
        {
            using var scale = Standardization.Of(bank.Features);
            using var features = scale.Apply(bank.Features);
            return Regularization.Choose(features, bank.Labels, 4, seed: 1);
        }
    }

    [Fact]
    public void The_choice_is_as_good_as_the_best_of_the_grid_or_nearly()
    {
        using var scope = NewDisposeScope();
        using var train = Clusters.Draw(120, 30, 4, seed: 2, spread: 3);
        using var test = Clusters.Draw(2000, 30, 4, seed: 3, spread: 3);
        var best = Regularization.Grid.Max(c =>
        {
            using var fitted = LogisticRegression.Fit(train.Features, train.Labels, 4, c);
            return Clusters.Accuracy(fitted.Scores(test.Features), test);
        });
        Assert.InRange(Clusters.Accuracy(LinearProbe.Scores(train, test.Features, seed: 1), test), best - 0.03, 1);
    }

    [Fact]
    public void The_same_seed_gives_the_same_scores_and_the_thread_count_is_put_back()
    {
        using var scope = NewDisposeScope();
        using var train = Clusters.Draw(60, 10, 3, seed: 4);
        using var test = Clusters.Draw(30, 10, 3, seed: 5);
        var threads = get_num_threads();
        TensorAssert.Same(LinearProbe.Scores(train, test.Features, 7), LinearProbe.Scores(train, test.Features, 7), "scores");
        Assert.Equal(threads, get_num_threads());
    }

    // Fewer images than dimensions are solved in the span of the images: the result is that of all dimensions.
    [Fact]
    public void The_short_cut_for_few_images_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var train = Clusters.Draw(20, 50, 2, seed: 6, spread: 2);
        using var test = Clusters.Draw(300, 50, 2, seed: 7, spread: 2);
        var scores = LinearProbe.Scores(train, test.Features, seed: 1);
        var c = Regularization.Choose(train.Features, train.Labels, 2, seed: 1);
        using var plain = LogisticRegression.Fit(train.Features, train.Labels, 2, c);
        var agreement = ConfusionMatrix.Of(Winners(plain.Scores(test.Features)), Winners(scores), 2).Accuracy;
        Assert.InRange(agreement, 0.98, 1);

        static int[] Winners(Tensor scores) => [.. scores.argmax(1).data<long>().Select(w => (int)w)];
    }

    [Fact]
    public void One_label_for_each_class_is_enough()
    {
        using var scope = NewDisposeScope();
        using var train = Clusters.Draw(3, 10, 3, seed: 8, spread: 0.2f);
        using var test = Clusters.Draw(90, 10, 3, seed: 9, spread: 0.2f);
        Assert.Equal(Regularization.Default, Regularization.Choose(train.Features, train.Labels, 3, seed: 1));
        Assert.True(Clusters.Accuracy(LinearProbe.Scores(train, test.Features, seed: 1), test) > 0.95);
    }

    [Fact]
    public void Standardized_features_have_mean_0_and_deviation_1_and_constant_ones_stay_finite()
    {
        using var scope = NewDisposeScope();
        var features = randn(50, 3) * tensor(new[] { 1f, 100f, 0f }) + tensor(new[] { 5f, -3f, 7f });
        using var scale = Standardization.Of(features);
        var scaled = scale.Apply(features);
        TensorAssert.Close(tensor(new[] { 1.0, 1.0, 0.0 }), scaled.std(0, unbiased: false), 1e-5, "deviation");
        Assert.True(scaled.mean([0]).abs().max().item<float>() < 1e-4);
    }

    [Fact]
    public void Principal_components_keep_what_varies_most()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var features = randn([100, 3], generator: random) * tensor(new[] { 1f, 10f, 0.1f });
        using var bank = new FeatureBank(features, new int[100], ["a"]);
        var (train, test) = PrincipalComponents.Project(bank, bank, 1);
        Assert.Equal([100, 1], train.Features.shape);
        TensorAssert.Close((features - features.mean([0], true)).select(1, 1).abs(), train.Features.select(1, 0).abs(), 0.05, "component");
        TensorAssert.Close(train.Features, test.Features, 1e-6, "test");
    }

    [Fact]
    public void An_unfinished_fit_is_said()
    {
        using var scope = NewDisposeScope();
        using var train = Clusters.Draw(60, 10, 3, seed: 4);
        var said = new List<string>();
        LinearProbe.Scores(train, train.Features, 1, said.Add, new NewtonOptions(MaxIterations: 1));
        Assert.Contains("above its minimum (relative) after 1 steps", Assert.Single(said));
        LinearProbe.Scores(train, train.Features, 1, said.Add);
        Assert.Single(said);
    }

    // What a collapsed encoder gives.
    [Theory]
    [InlineData(6, 20)]
    [InlineData(40, 5)]
    public void Of_equal_features_the_most_frequent_class_is_predicted(int count, int dimensions)
    {
        using var scope = NewDisposeScope();
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 3 == 0 ? 0 : 1)];
        using var bank = new FeatureBank(ones(count, dimensions), labels, ["a", "b"]);
        Assert.All(LinearProbe.Scores(bank, bank.Features, seed: 1).argmax(1).data<long>().ToArray(), label => Assert.Equal(1, label));
    }

    [Fact]
    public void Equal_accuracy_is_decided_by_likelihood_and_a_clear_difference_is_not()
    {
        ValidationResult[] close = [new(0.1, 0.80, 0.5), new(1, 0.81, 0.7)], far = [new(0.1, 0.60, 0.5), new(1, 0.81, 0.7)];
        Assert.Equal(0.1, Regularization.Best(close, 100).C);
        Assert.Equal(1, Regularization.Best(close, 100_000).C);
        Assert.Equal(1, Regularization.Best(far, 100).C);
    }

    // The likelihood of these held-out images is highest under a penalty so strong that the small classes are hardly ever predicted.
    [Fact]
    public void Rare_classes_are_not_given_up()
    {
        using var scope = NewDisposeScope();
        using var bank = HardFeatures.Named("unequal classes");
        var labels = bank.Labels;
        var c = Regularization.Choose(bank.Features, labels, 4, seed: 1);
        using var fitted = LogisticRegression.Fit(bank.Features, labels, 4, c);
        using var strong = LogisticRegression.Fit(bank.Features, labels, 4, 1e-3);
        Assert.True(Balanced(fitted) > Balanced(strong));

        double Balanced(LinearClassifier classifier) => ClassificationResult.Of(classifier.Scores(bank.Features), labels).Confusion.BalancedAccuracy;
    }

    // A likelihood of unfinished fits chose C = 1000 here, and 95.3 %; scikit-learn has 99.5 % for every C from 0.1 to 100.
    [Fact]
    public void Of_ImageNet_features_all_but_one_in_a_hundred_are_right()
    {
        using var scope = NewDisposeScope();
        using var train = ImageNetFeatures.Read("train");
        using var test = ImageNetFeatures.Read("test");
        using var scale = Standardization.Of(train.Features);
        using var standardized = train.WithFeatures(scale.Apply(train.Features));
        Assert.InRange(Clusters.Accuracy(LinearProbe.Scores(standardized, scale.Apply(test.Features), seed: 1), test), 0.99, 1);
    }
}
