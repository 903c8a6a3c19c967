using Byol.Evaluation.Classification;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation.Classification;

public sealed class NoveltyTests
{
    [Fact]
    public void It_is_NumPys_and_that_of_a_vector_of_zeros_is_1()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        var features = randn([300, 24], generator: random);
        var queries = cat([randn([40, 24], generator: random), features.narrow(0, 7, 1), zeros(1, 24)], 0);
        var expected = Oracle.Ask("classifier.py", [("features", features), ("queries", queries)], "novelty")["novelty"];
        using var model = NoveltyModel.Of(features);
        var actual = model.Scores(queries);
        TensorAssert.Close(expected, tensor(actual), 1e-5, "novelty");
        Assert.Equal([0.0, 1.0], actual[^2..], (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Of_many_training_features_ten_thousand_are_kept_from_all_parts()
    {
        using var scope = NewDisposeScope();
        // Feature i points at the angle i: what is kept must reach from the first to the last.
        var angles = arange(0, 25_000, ScalarType.Float32).mul(3.0 / 25_000).unsqueeze(1);
        using var model = NoveltyModel.Of(cat([angles.cos(), angles.sin()], 1));
        Assert.Equal([10_000, 2], model.References.shape);
        Assert.All(model.Scores(tensor(new float[] { 1, 0, (float)Math.Cos(3), (float)Math.Sin(3) }).reshape(2, 2)),
            n => Assert.InRange(n, 0, 1e-6));
    }

    // Known images of the same kind as those that thresholds are from: the share above each must not be more than it says, in the mean.
    [Theory]
    [InlineData(150)]
    [InlineData(1000)]
    public void No_more_known_images_are_above_a_threshold_than_it_says(int count)
    {
        var random = new Random(4);
        var above = new double[NoveltyThreshold.Shares.Count];
        const int draws = 400;
        for (var draw = 0; draw < draws; draw++)
        {
            var thresholds = NoveltyThreshold.Of([.. Enumerable.Range(0, count).Select(_ => random.NextDouble())]);
            for (var t = 0; t < above.Length; t++) above[t] += (1 - thresholds[t].Value) / draws;   // uniform: the share above is known
        }
        Assert.All(NoveltyThreshold.Shares.Zip(above), s => Assert.InRange(s.Second, (1 - s.First) * 0.5, (1 - s.First) * 1.05));
    }

    [Fact]
    public void With_few_images_the_highest_threshold_is_the_largest_that_was_seen()
    {
        var thresholds = NoveltyThreshold.Of([0.3, 0.1, 0.2]);
        Assert.Equal([0.9, 0.95, 0.99], thresholds.Select(t => t.Share));
        Assert.All(thresholds, t => Assert.Equal(0.3, t.Value));
    }
}
