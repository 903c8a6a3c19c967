using Byol.Distributed;
using Byol.Method;
using Byol.Optim;
using Byol.Tests.Method;
using static TorchSharp.torch;

namespace Byol.Tests.Distributed;

/// <summary>Steps on several ranks, each with its share of the batch, are the steps of one process with all of it. In fp64: in fp32 a rounding
/// error that moves an activation across the ReLU's corner changes a gradient by a jump.</summary>
public sealed class StepsOverRanksTests
{
    private const int Steps = 3, Batch = 16;
    private const double Tau = 0.9, Tolerance = 1e-10;

    [Theory]
    [InlineData(18, OptimizerKind.Sgd, 2, 1)]
    [InlineData(18, OptimizerKind.Sgd, 4, 1)]
    [InlineData(18, OptimizerKind.Sgd, 4, 2)]
    [InlineData(18, OptimizerKind.Lars, 2, 1)]
    [InlineData(18, OptimizerKind.Lars, 4, 1)]
    [InlineData(50, OptimizerKind.Sgd, 2, 1)]
    [InlineData(50, OptimizerKind.Sgd, 4, 1)]
    [InlineData(50, OptimizerKind.Lars, 2, 1)]
    [InlineData(50, OptimizerKind.Lars, 4, 1)]
    public void They_leave_what_one_process_leaves(int depth, OptimizerKind optimizer, int ranks, int microBatches)
    {
        Compare(ranks, rank => Take(depth, optimizer, microBatches, rank, synchronizes: true));
    }

    // 8 images and 16 dimensions; 2 ranks add up their products.
    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 2)]
    public void So_they_do_with_a_coding_rate(int ranks, int microBatches) =>
        Compare(ranks, rank => Take(18, OptimizerKind.Sgd, microBatches, rank, synchronizes: true, codingRate: 0.5));

    private static void Compare(int ranks, Func<ICollective, (Dictionary<string, double[]> Tensors, StepMetrics Metrics)> take)
    {
        var alone = take(SingleProcess.Instance);
        var together = ThreadRanks.Run(ranks, take);
        Assert.All(together, left =>
        {
            Assert.Equal(alone.Metrics.Loss, left.Metrics.Loss, 1e-10);
            Assert.Equal(alone.Metrics.EmbeddingStd, left.Metrics.EmbeddingStd, 1e-6);     // of fp32
            Assert.True(Distance(alone.Tensors, left.Tensors) <= Tolerance, $"{Distance(alone.Tensors, left.Tensors)}");
            Assert.Equal(together[0].Tensors, left.Tensors);        // to the bit
        });
    }

    // The control: a rank that normalizes its own images alone trains another network.
    [Theory]
    [InlineData(18, OptimizerKind.Sgd)]
    [InlineData(50, OptimizerKind.Lars)]
    public void Without_synchronized_BatchNorm_they_do_not(int depth, OptimizerKind optimizer)
    {
        var alone = Take(depth, optimizer, 1, SingleProcess.Instance, synchronizes: true);
        var together = ThreadRanks.Run(2, rank => Take(depth, optimizer, 1, rank, synchronizes: false));
        Assert.True(Distance(alone.Tensors, together[0].Tensors) > 1e-3);
    }

    [Fact]
    public void All_find_a_view_that_is_not_finite_where_one_has_it()
    {
        var failures = ThreadRanks.Run(2, rank =>
        {
            using var state = TinyByol.State();
            state.Spread(rank, synchronizesNorms: true);
            using var scope = NewDisposeScope();
            var views = TinyByol.Views(1, Batch / 2);
            if (rank.Rank == 1) views.Second[3].fill_(float.NaN);
            return Assert.Throws<NonFiniteException>(() => ByolStep.Take(state, views, 0.05, Tau));
        });
        Assert.All(failures, f => Assert.Equal(("view v'", 11), (f.Tensor, Assert.Single(f.Rows))));
    }

    private static (Dictionary<string, double[]> Tensors, StepMetrics Metrics) Take(
        int depth, OptimizerKind optimizer, int microBatches, ICollective ranks, bool synchronizes, double codingRate = 0)
    {
        using var scope = NewDisposeScope();
        var encoder = TinyByol.Encoder with { Depth = depth };
        using var state = new ByolState(encoder.Create, encoder.RepresentationSize, TinyByol.Heads with { CodingRateWeight = codingRate },
            new OptimizerOptions { Kind = optimizer, WeightDecay = 1e-4 }, seed: 1, CPU, ScalarType.Float64);
        state.Spread(ranks, synchronizes);
        StepMetrics? metrics = null;
        for (var step = 0; step < Steps; step++)
        {
            // A deep network of random weights makes much of rounding, the more so the fewer numbers are normalized and the longer the step.
            var views = new ViewPair(View(2 * step, depth > 18 ? 32 : 16), View(2 * step + 1, depth > 18 ? 32 : 16));
            var (part, size) = (Batch / microBatches, Batch / microBatches / ranks.Count);
            metrics = TinyByol.Step(state, depth > 18 ? 1e-4 : 0.05, Tau, [.. Enumerable.Range(0, microBatches).Select(m =>
                new ViewPair(Share(views.First, m), Share(views.Second, m)))]);

            Tensor Share(Tensor view, int m) => view.narrow(0, m * part + ranks.Rank * size, size);
        }
        return (TinyByol.Everything(state).ToDictionary(t => t.Name, t => t.Value.to(ScalarType.Float64).cpu().flatten().data<double>().ToArray()),
            metrics!);
    }

    private static Tensor View(int seed, int side)
    {
        using var random = new Generator((ulong)seed);
        return randn([Batch, side, side, 3], ScalarType.Float64, generator: random).permute(0, 3, 1, 2);
    }

    private static double Distance(Dictionary<string, double[]> expected, Dictionary<string, double[]> actual) =>
        expected.Max(t => t.Value.Zip(actual[t.Key], (a, b) => Math.Abs(a - b)).Max() / Math.Max(1e-3, t.Value.Max(Math.Abs)));
}
