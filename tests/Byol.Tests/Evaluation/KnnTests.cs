using System.Globalization;
using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class KnnTests
{
    [Theory]
    [InlineData(1, 0.1)]
    [InlineData(7, 0.1)]
    [InlineData(50, 0.07)]
    [InlineData(200, 0.5)]
    [InlineData(299, 0.1)]
    public void Predictions_are_those_of_a_plain_loop_and_of_numpy(int neighbors, double temperature)
    {
        using var scope = NewDisposeScope();
        using var bank = Bank(300, 12, 5, seed: 1);
        var queries = Drawn(80, 12, seed: 2);
        var options = new KnnOptions(neighbors, temperature);
        var (classified, leftOut) = (Knn.Classify(bank, queries, options), Knn.LeaveOneOut(bank, options));

        Assert.Equal(Loop(bank, queries, options, leaveOneOut: false), classified);
        Assert.Equal(Loop(bank, bank.Features, options, leaveOneOut: true), leftOut);

        var question = new[] { ("bank", bank.Features), ("queries", queries),
            ("labels", tensor(bank.Labels.Select(l => (long)l).ToArray())) };
        var answer = Oracle.Ask("knn.py", question, $"{neighbors}", temperature.ToString(CultureInfo.InvariantCulture),
            $"{bank.Classes.Count}");
        Assert.Equal(answer["queries"].data<long>().ToArray(), classified.Select(c => (long)c));
        Assert.Equal(answer["leave_one_out"].data<long>().ToArray(), leftOut.Select(c => (long)c));
    }

    // More than one block of queries.
    [Fact]
    public void Blocks_make_no_difference()
    {
        using var scope = NewDisposeScope();
        using var bank = Bank(1500, 6, 3, seed: 3);
        var options = new KnnOptions(9);
        Assert.Equal(Loop(bank, bank.Features, options, leaveOneOut: true), Knn.LeaveOneOut(bank, options));
        Assert.Equal(Loop(bank, bank.Features, options, leaveOneOut: false), Knn.Classify(bank, bank.Features, options));
    }

    // 40,000 by 10,000 would be 1.6 GB of similarities at once, and ImageNet by itself 6,500 GB.
    [Theory]
    [InlineData(100, 1024)]
    [InlineData(40_000, 838)]
    [InlineData(1_281_167, 26)]
    [InlineData(100_000_000, 1)]
    public void Similarities_stay_within_128_megabytes_where_a_row_does(int bank, long rows) => Assert.Equal(rows, BlockedCosine.BlockSize(bank));

    // Point 13: the query drops out and nothing else: its duplicate, which has another label, stays and wins.
    [Fact]
    public void Leave_one_out_drops_the_query_itself_and_not_its_duplicate()
    {
        using var scope = NewDisposeScope();
        var half = Drawn(40, 8, seed: 4);
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 4), .. Enumerable.Range(0, 40).Select(i => (i + 1) % 4)];
        using var bank = new FeatureBank(cat([half, half], 0), labels, ["a", "b", "c", "d"]);

        var predicted = Knn.LeaveOneOut(bank, new KnnOptions(1));

        Assert.Equal([.. labels[40..], .. labels[..40]], predicted);
    }

    [Fact]
    public void A_query_that_is_in_the_bank_finds_itself_unless_left_out()
    {
        using var scope = NewDisposeScope();
        using var bank = Bank(100, 8, 10, seed: 5);
        Assert.Equal(bank.Labels, Knn.Classify(bank, bank.Features, new KnnOptions(1)));
        Assert.Equal(1, Knn.Accuracy(bank, bank, new KnnOptions(1)));
        Assert.True(Knn.LeaveOneOutAccuracy(bank, new KnnOptions(1)) < 0.5);
    }

    // Cosines: a 1, b and b 0.9. At k = 3 the two outvote the one where the temperature is high, and not where it is low.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.5, 1)]
    [InlineData(0.1, 0)]
    [InlineData(0.01, 0)]
    [InlineData(0.001, 0)]
    public void Temperature_weighs_near_against_many(double temperature, int expected)
    {
        using var scope = NewDisposeScope();
        using var bank = new FeatureBank(tensor(new[] { 0.9f, 0.43589f, 0.9f, -0.43589f, 1f, 0f }).reshape(3, 2), [1, 1, 0], ["a", "b"]);
        Assert.Equal([expected], Knn.Classify(bank, tensor(new[] { 2f, 0f }).reshape(1, 2), new KnnOptions(3, temperature)));
    }

    // All cosines are far below 1: weights must not vanish all together.
    [Fact]
    public void A_low_temperature_still_votes_where_everything_is_far()
    {
        using var scope = NewDisposeScope();
        using var bank = new FeatureBank(tensor(new[] { -1f, 0f, 0f, 1f, -0.2f, 1f }).reshape(3, 2), [0, 1, 2], ["a", "b", "c"]);
        Assert.Equal([1], Knn.Classify(bank, tensor(new[] { 1f, 0f }).reshape(1, 2), new KnnOptions(3, 0.001)));
    }

    [Fact]
    public void Lengths_of_features_do_not_count()
    {
        using var scope = NewDisposeScope();
        using var bank = Bank(100, 8, 4, seed: 6);
        using var longer = bank.WithFeatures(bank.Features * 1000);
        var queries = Drawn(50, 8, seed: 7);
        Assert.Equal(Knn.Classify(bank, queries, new KnnOptions(5)), Knn.Classify(longer, queries * 0.01, new KnnOptions(5)));
    }

    [Theory]
    [InlineData(0, 0.1, "k of 0 must lie between 1 and the 20 labeled images; set KnnOptions.Neighbors to 1.")]
    [InlineData(-3, 0.1, "k of -3 must lie between 1 and the 20 labeled images; set KnnOptions.Neighbors to 1.")]
    [InlineData(21, 0.1, "k of 21 must lie between 1 and the 20 labeled images; set KnnOptions.Neighbors to 20.")]
    [InlineData(5, 0, "Temperature 0 must be above 0; the customary one is 0.1.")]
    [InlineData(5, -1, "Temperature -1 must be above 0; the customary one is 0.1.")]
    [InlineData(5, double.NaN, "Temperature NaN must be above 0; the customary one is 0.1.")]
    public void Limits_are_said(int neighbors, double temperature, string message)
    {
        using var scope = NewDisposeScope();
        using var bank = Bank(20, 4, 2, seed: 8);
        Assert.Equal(message,
            Assert.Throws<ArgumentException>(() => Knn.Classify(bank, bank.Features, new KnnOptions(neighbors, temperature))).Message);
    }

    [Fact]
    public void One_that_is_left_out_is_no_neighbor()
    {
        using var scope = NewDisposeScope();
        using var bank = Bank(20, 4, 2, seed: 8);
        Assert.Equal(20, Knn.LeaveOneOut(bank, new KnnOptions(19)).Length);
        Assert.Contains("between 1 and the 19", Assert.Throws<ArgumentException>(() => Knn.LeaveOneOut(bank, new KnnOptions(20))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(200, 200)]
    [InlineData(199, 100)]
    [InlineData(100, 100)]
    [InlineData(99, 50)]
    [InlineData(32, 20)]
    [InlineData(19, 10)]
    [InlineData(5, 5)]
    [InlineData(4, 1)]
    [InlineData(1, 1)]
    public void Neighbors_are_no_more_than_the_smallest_class_has_labels(int smallest, int neighbors)
    {
        int[] labels = [.. Enumerable.Repeat(2, smallest), .. Enumerable.Repeat(0, 1500), .. Enumerable.Repeat(7, smallest + 3)];
        Assert.Equal(neighbors, new KnnOptions().NeighborsFor(labels));
        Assert.Equal(7, new KnnOptions(7).NeighborsFor(labels));
    }

    [Fact]
    public void What_is_chosen_is_what_votes()
    {
        using var scope = NewDisposeScope();
        var features = randn(60, 8);
        using var bank = new FeatureBank(features, [.. Enumerable.Range(0, 60).Select(i => i < 12 ? 0 : 1)], ["few", "many"]);
        TensorAssert.Same(Knn.Votes(bank, features, new KnnOptions(10)), Knn.Votes(bank, features, new KnnOptions()), "votes");
        using var alone = new FeatureBank(randn(3, 8), [0, 0, 0], ["one"]);
        Assert.Equal([0, 0, 0], Knn.LeaveOneOut(alone, new KnnOptions()));
    }

    private static int[] Loop(FeatureBank bank, Tensor queries, KnnOptions options, bool leaveOneOut)
    {
        var (rows, known) = (Rows(queries), Rows(bank.Features));
        return [.. rows.Select((query, q) =>
        {
            var votes = new double[bank.Classes.Count];
            var nearest = known.Select((row, i) => (Cosine: row.Zip(query, (a, b) => a * b).Sum(), Index: i))
                .Where(n => !leaveOneOut || n.Index != q).OrderByDescending(n => n.Cosine).Take(options.Neighbors!.Value);
            foreach (var (cosine, index) in nearest) votes[bank.Labels[index]] += Math.Exp(cosine / options.Temperature);
            return Array.IndexOf(votes, votes.Max());
        })];
    }

    private static List<double[]> Rows(Tensor features) =>
        [.. TensorAssert.Floats(features).Chunk((int)features.shape[1]).Select(row =>
        {
            var norm = Math.Sqrt(row.Sum(x => (double)x * x));
            return row.Select(x => x / norm).ToArray();
        })];

    private static FeatureBank Bank(int count, int dimensions, int classes, int seed)
    {
        var random = new Random(seed);
        return new FeatureBank(Drawn(count, dimensions, seed), [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))],
            [.. Enumerable.Range(0, classes).Select(c => $"{c}")]);
    }

    private static Tensor Drawn(int count, int dimensions, int seed)
    {
        using var random = new Generator((ulong)seed);
        return randn([count, dimensions], generator: random);
    }
}
