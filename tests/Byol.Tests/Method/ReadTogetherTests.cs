using Byol.Method;
using Byol.Tests.Distributed;
using static TorchSharp.torch;

namespace Byol.Tests.Method;

/// <summary>A step that reads its figures in one vector, as on a GPU, says what one says that reads each at once.</summary>
public sealed class ReadTogetherTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(2, true)]
    public void Weights_have_the_same_bits_and_figures_are_the_same(int microBatches, bool parallel)
    {
        using var scope = NewDisposeScope();
        using var at = TinyByol.State();
        using var together = TinyByol.State();
        (at.Parallel, together.Parallel, together.ReadsTogether) = (parallel, parallel, true);
        for (var step = 0; step < 3; step++)
        {
            var views = Enumerable.Range(0, microBatches).Select(i => TinyByol.Views(10 * step + i)).ToList();
            var (expected, actual) = (TinyByol.Step(at, 0.3, 0.9, views), TinyByol.Step(together, 0.3, 0.9, views));
            Assert.Equal(expected.Loss, actual.Loss, 1e-6);
            Assert.Equal(expected.EmbeddingStd, actual.EmbeddingStd, 1e-5);
        }
        TensorAssert.Same(at.Parameters.Values, together.Parameters.Values, "θ");
        TensorAssert.Same(at.Target.Values, together.Target.Values, "ξ");
    }

    [Fact]
    public void Ranks_find_what_one_process_finds()
    {
        var alone = Alone();
        var over = ThreadRanks.Run(2, rank =>
        {
            using var scope = NewDisposeScope();
            using var state = TinyByol.State(type: ScalarType.Float64);
            state.Spread(rank, synchronizesNorms: true);
            state.ReadsTogether = true;
            var (first, second) = Doubles();
            var metrics = TinyByol.Step(state, 0.3, 0.9, new ViewPair(first.narrow(0, 4 * rank.Rank, 4), second.narrow(0, 4 * rank.Rank, 4)));
            return (metrics.Loss, metrics.EmbeddingStd);
        });
        Assert.Equal(over[0], over[1]);
        Assert.Equal(alone.Loss, over[0].Loss, 1e-10);
        Assert.Equal(alone.EmbeddingStd, over[0].EmbeddingStd, 1e-5);      // of fp32

        static StepMetrics Alone()
        {
            using var scope = NewDisposeScope();
            using var state = TinyByol.State(type: ScalarType.Float64);
            var (first, second) = Doubles();
            return TinyByol.Step(state, 0.3, 0.9, new ViewPair(first, second));
        }
    }

    [Theory]
    [InlineData(1, float.NaN)]
    [InlineData(3, float.NegativeInfinity)]
    public void Images_at_fault_are_named_and_the_target_stays(int microBatches, float poison)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        state.ReadsTogether = true;
        var xi = state.Target.Values.clone();
        var views = Enumerable.Range(0, microBatches).Select(_ => TinyByol.Views(1)).ToList();
        views[^1].Second[3, 0, 0, 0] = poison;
        var e = Assert.Throws<NonFiniteException>(() => TinyByol.Step(state, 0.3, 0.9, views));
        Assert.Equal((1, "view v'", (microBatches - 1) * 8 + 3), (e.Step, e.Tensor, Assert.Single(e.Rows)));
        Assert.Equal(0, state.Step);
        TensorAssert.Same(xi, state.Target.Values, "ξ");
    }

    [Theory]
    [InlineData(float.NaN, 0.3, "gradient of")]
    [InlineData(1000, 1e36, "weight")]
    public void Gradients_and_weights_at_fault_are_named_and_the_target_stays(float gradient, double learningRate, string what)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        state.ReadsTogether = true;
        var xi = state.Target.Values.clone();
        var slice = state.Parameters.Slices.Single(s => s.Name == "encoder.layer1.0.conv1.weight");
        var step = new ByolStep(state, microBatches: 2);
        step.Accumulate(TinyByol.Views(1));
        state.Parameters.Gradients[slice.Offset + 7] = gradient;
        step.Accumulate(TinyByol.Views(1));
        var e = Assert.Throws<NonFiniteException>(() => step.Apply(learningRate, 0.9));
        Assert.Equal($"{what} {slice.Name}", e.Tensor);
        TensorAssert.Same(xi, state.Target.Values, "ξ");
    }

    private static (Tensor First, Tensor Second) Doubles()
    {
        var views = TinyByol.Views(1, type: ScalarType.Float64);
        return (views.First, views.Second);
    }
}
