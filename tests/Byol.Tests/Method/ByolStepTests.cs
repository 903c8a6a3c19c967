using Byol.Method;
using Byol.Optim;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Tests.Method;

public sealed class ByolStepTests
{
    // Point 2: ξ' = τξ + (1−τ)θ' with the θ' of after the optimizer's step, once, however many micro-batches there were.
    [Theory]
    [InlineData(1, 0.9)]
    [InlineData(2, 0.9)]
    [InlineData(4, 0.996)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public void The_average_follows_the_optimizer_once_a_step(int microBatches, double tau)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State(TinyByol.Heads with { TargetFromOtherWeights = true });
        var target = TinyByol.Parameters(state.Target);
        var online = TinyByol.Parameters(state.Online);

        TinyByol.Step(state, 0.3, tau, [.. Enumerable.Range(1, microBatches).Select(i => TinyByol.Views(i))]);

        Assert.Equal(1, state.Step);
        var moved = TinyByol.Parameters(state.Online);
        Assert.NotEqual(TensorAssert.Floats(online["encoder.conv1.weight"]), TensorAssert.Floats(moved["encoder.conv1.weight"]));
        foreach (var (name, parameter) in state.Target.named_parameters())
            TensorAssert.Close(target[name] * tau + moved[name] * (1 - tau), parameter, 1e-6, name);
    }

    [Fact]
    public void Two_micro_batches_of_equal_content_are_as_one()
    {
        using var scope = NewDisposeScope();
        using var once = TinyByol.State();
        using var twice = TinyByol.State();
        var first = TinyByol.Step(once, 0.3, 0.9, TinyByol.Views(1));
        var second = TinyByol.Step(twice, 0.3, 0.9, TinyByol.Views(1), TinyByol.Views(1));

        Assert.Equal(first.Loss, second.Loss, 1e-6);
        Assert.Equal(first.EmbeddingStd, second.EmbeddingStd, 1e-6);
        TensorAssert.Close(once.Parameters.Values, twice.Parameters.Values, 1e-6, "θ");
        TensorAssert.Close(once.Target.Values, twice.Target.Values, 1e-6, "ξ");
    }

    [Theory]
    [InlineData(1, float.NaN)]
    [InlineData(3, float.NaN)]
    [InlineData(1, float.PositiveInfinity)]
    public void A_loss_that_is_no_number_moves_no_weight(int microBatches, float poison)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        state.Step = 5;
        var (theta, xi, momentum) = (state.Parameters.Values.clone(), state.Target.Values.clone(), state.Optimizer.State[0].Value.clone());
        var views = Enumerable.Range(1, microBatches).Select(_ => TinyByol.Views(1)).ToList();
        views[^1].First[3, 0, 0, 0] = poison;

        var e = Assert.Throws<NonFiniteException>(() => TinyByol.Step(state, 0.3, 0.9, views));

        Assert.Equal((6, "view v"), (e.Step, e.Tensor));
        Assert.Equal([(microBatches - 1) * 8 + 3], e.Rows);      // counted over the batch of the whole step
        Assert.Equal("Step 6: view v is not finite.", e.Message);
        Assert.Equal(5, state.Step);
        TensorAssert.Same(theta, state.Parameters.Values, "θ");
        TensorAssert.Same(xi, state.Target.Values, "ξ");
        TensorAssert.Same(momentum, state.Optimizer.State[0].Value, "momentum");
    }

    // Gradients add up over micro-batches: what is put in before the second is in the sum.
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_gradient_that_is_not_finite_is_named_and_moves_nothing(float poison)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        var (theta, xi, momentum) = (state.Parameters.Values.clone(), state.Target.Values.clone(), state.Optimizer.State[0].Value.clone());
        var slice = state.Parameters.Slices.Single(s => s.Name == "encoder.layer1.0.conv1.weight");
        var step = new ByolStep(state, microBatches: 2);
        step.Accumulate(TinyByol.Views(1));
        state.Parameters.Gradients[slice.Offset + 7] = poison;
        step.Accumulate(TinyByol.Views(1));

        var e = Assert.Throws<NonFiniteException>(() => step.Apply(0.3, 0.9));

        Assert.Equal("gradient of encoder.layer1.0.conv1.weight", e.Tensor);
        Assert.Empty(e.Rows);
        TensorAssert.Same(theta, state.Parameters.Values, "θ");
        TensorAssert.Same(xi, state.Target.Values, "ξ");
        TensorAssert.Same(momentum, state.Optimizer.State[0].Value, "momentum");
    }

    [Fact]
    public void A_weight_that_a_step_makes_infinite_never_reaches_the_target()
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        var xi = state.Target.Values.clone();
        var slice = state.Parameters.Slices.Single(s => s.Name == "encoder.layer1.0.conv1.weight");
        var step = new ByolStep(state, microBatches: 2);
        step.Accumulate(TinyByol.Views(1));
        state.Parameters.Gradients[slice.Offset + 7] = 1000;         // finite, and the step along it is not
        step.Accumulate(TinyByol.Views(1));
        var e = Assert.Throws<NonFiniteException>(() => step.Apply(1e36, 0.9));
        Assert.Equal("weight encoder.layer1.0.conv1.weight", e.Tensor);
        Assert.Equal(0, state.Step);
        TensorAssert.Same(xi, state.Target.Values, "ξ");
    }

    // The sum of the buffer overflows, and nothing is wrong with it.
    [Fact]
    public void Large_but_finite_gradients_are_no_fault()
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        Finite.Require(1, "gradient of", state.Parameters, full_like(state.Parameters.Gradients, 3e38f));
        Assert.Throws<NonFiniteException>(() =>
            Finite.Require(1, "gradient of", state.Parameters, full_like(state.Parameters.Gradients, float.NaN)));
    }

    // Point 6: both networks run every view through BatchNorm by itself, online and target with statistics of their own.
    [Fact]
    public void BatchNorm_sees_one_view_at_a_time_and_the_target_keeps_its_own_statistics()
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State(TinyByol.Heads with { TargetFromOtherWeights = true });
        using var alone = TinyByol.State(TinyByol.Heads with { TargetFromOtherWeights = true });
        var views = TinyByol.Views(3);
        alone.Target.Project(views.First);
        alone.Target.Project(views.Second);
        alone.Online.Predict(views.First);
        alone.Online.Predict(views.Second);

        state.Parallel = false;
        TinyByol.Step(state, 0.3, 0.9, TinyByol.Views(3));

        foreach (var (expected, actual) in alone.Target.named_buffers()
            .Zip(state.Target.named_buffers())) TensorAssert.Same(expected.buffer, actual.buffer, "target " + expected.name);
        foreach (var (expected, actual) in alone.Online.named_buffers()
            .Zip(state.Online.named_buffers())) TensorAssert.Same(expected.buffer, actual.buffer, "online " + expected.name);
        var online = TinyByol.Buffers(state.Online);
        Assert.All(state.Target.named_buffers(), b => Assert.NotEqual(TensorAssert.Floats(online[b.name]), TensorAssert.Floats(b.buffer)));
    }

    [Fact]
    public void The_metrics_are_those_of_the_views()
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State(TinyByol.Heads with { TargetFromOtherWeights = true });
        using var alone = TinyByol.State(TinyByol.Heads with { TargetFromOtherWeights = true });
        var views = TinyByol.Views(3);
        var (v1, v2) = (views.First, views.Second);
        var (z1, z2) = (alone.Target.Project(v1), alone.Target.Project(v2));
        var (q1, q2) = (alone.Online.Predict(v1), alone.Online.Predict(v2));

        var metrics = ByolStep.Take(state, TinyByol.Views(3), learningRate: 0.25, tau: 0.5);

        Assert.Equal(ByolLoss.Symmetric(q1, z2, q2, z1).item<float>(), metrics.Loss, 1e-5);
        Assert.Equal(EmbeddingSpread.StandardDeviation(z1) * Math.Sqrt(TinyByol.Heads.ProjectionSize), metrics.EmbeddingStd, 1e-5);
        Assert.Equal((0.25, 0.5), (metrics.LearningRate, metrics.Tau));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(2, true)]
    public void Views_at_the_same_time_are_as_one_after_the_other(int microBatches, bool keepStatistics)
    {
        using var scope = NewDisposeScope();
        var method = TinyByol.Heads with { TargetFromOtherWeights = true, KeepStatistics = keepStatistics };
        using var slow = TinyByol.State(method, type: ScalarType.Float64);
        using var fast = TinyByol.State(method, type: ScalarType.Float64);
        foreach (var state in (ByolState[])[slow, fast])
        {
            state.Parallel = state == fast;
            for (var k = 0; k < 3; k++) TinyByol.Step(state, 0.3, 0.9, Views(k));
        }
        foreach (var (expected, actual) in TinyByol.Everything(slow).Zip(TinyByol.Everything(fast)))
            TensorAssert.Close(expected.Value, actual.Value, 1e-12, expected.Name);
        TensorAssert.Close(slow.Parameters.Gradients, fast.Parameters.Gradients, 1e-12, "gradients");

        List<ViewPair> Views(int k) =>
            [.. Enumerable.Range(1 + k * microBatches, microBatches).Select(i => TinyByol.Views(i, type: ScalarType.Float64))];
    }

    // BatchNorm saw the NaN; what it kept of it is put back by who goes on, but what the second view's kept is not theirs to put back.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_left_of_a_step_that_failed(bool parallel)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        state.Parallel = parallel;
        var before = TensorAssert.Snapshot(TinyByol.Everything(state));
        var poisoned = TinyByol.Views(1);
        poisoned.Second[0, 0, 0, 0] = float.NaN;
        Assert.Throws<NonFiniteException>(() => TinyByol.Step(state, 0.1, 0.9, poisoned));
        using (no_grad())
        {
            foreach (var (name, value) in TinyByol.Everything(state)) value.copy_(before[name]);
        }
        TinyByol.Step(state, 0.1, 0.9, TinyByol.Views(2));
        Assert.All(TinyByol.Everything(state), t => Assert.True(t.Value.isfinite().all().item<bool>(), t.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_micro_batch_gives_the_representations_of_its_views_out_of_the_graph(bool parallel)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        using var alone = TinyByol.State();
        var views = TinyByol.Views(3);
        state.Parallel = parallel;

        var result = new ByolStep(state).Accumulate(views);

        TensorAssert.Close(alone.Online.Encoder.forward(views.First).detach(), result.Y1, 1e-5, "y of view 1");
        TensorAssert.Close(alone.Online.Encoder.forward(views.Second).detach(), result.Y2, 1e-5, "y of view 2");
        Assert.False(result.Y1.requires_grad || result.Y2.requires_grad);
    }

    [Fact]
    public void A_step_is_applied_once_all_its_micro_batches_are_there()
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        Assert.Throws<ArgumentOutOfRangeException>(() => new ByolStep(state, microBatches: 0));
        var step = new ByolStep(state, microBatches: 2);
        step.Accumulate(TinyByol.Views(1));
        Assert.StartsWith("1 of 2 micro-batches", Assert.Throws<InvalidOperationException>(() => step.Apply(0.1, 0.9)).Message,
            StringComparison.Ordinal);
        step.Accumulate(TinyByol.Views(2));
        Assert.Throws<InvalidOperationException>(() => step.Accumulate(TinyByol.Views(3)));
        step.Apply(0.1, 0.9);
        Assert.Throws<InvalidOperationException>(() => step.Apply(0.1, 0.9));
        Assert.Equal(1, state.Step);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_same_steps_twice_are_equal_to_the_bit(bool parallel)
    {
        using var scope = NewDisposeScope();
        using var first = TinyByol.State();
        using var second = TinyByol.State();
        foreach (var state in (ByolState[])[first, second])
        {
            state.Parallel = parallel;
            for (var k = 0; k < 5; k++) TinyByol.Step(state, 0.1, 0.9, TinyByol.Views(2 * k + 1), TinyByol.Views(2 * k + 2));
        }
        TensorAssert.Unchanged(TensorAssert.Snapshot(TinyByol.Everything(first)), TinyByol.Everything(second));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fifty_steps_leave_no_tensor_behind(bool parallel)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        state.Parallel = parallel;
        ViewPair[] views = [TinyByol.Views(1, batch: 2), TinyByol.Views(2, batch: 2)];
        TinyByol.Step(state, 0.01, 0.9, views);
        var before = Alive();
        for (var k = 0; k < 50; k++) TinyByol.Step(state, 0.01, 0.9, views);
        Assert.Equal(before, Alive());

        long Alive() => parallel ? OfBoth() : DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        long OfBoth()
        {
            var (here, there) = (0L, 0L);
            state.ParallelViews.Both(
                () => here = DisposeScopeManager.Statistics.ThreadTotalLiveCount,
                () => there = DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            return here + there;
        }
    }

    // Point 5: with neither predictor nor average, and a high rate, every image gets one embedding; with both it does not.
    [Theory]
    [InlineData(true, 0.99, 0.05, false)]
    [InlineData(false, 0, 0.05, true)]
    public void Without_predictor_and_average_training_collapses(bool predictor, double tau, double learningRate, bool collapses)
    {
        using var scope = NewDisposeScope();
        var method = TinyByol.Heads with { Predictor = predictor, Tau = tau, TauSchedule = Decay.Constant, ProjectorHidden = 0 };
        using var state = TinyByol.State(method);
        var alarm = new CollapseAlarm();
        var raised = false;
        for (var k = 0; k < 150 && !raised; k++)
            raised = alarm.Observe(ByolStep.Take(state, TinyByol.Views(k, batch: 16), learningRate, tau).EmbeddingStd);
        Assert.Equal(collapses, raised);
    }
}
