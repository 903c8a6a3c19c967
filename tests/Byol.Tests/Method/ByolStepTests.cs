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
        var (rates, taus, views) = (new List<long>(), new List<long>(), 0);

        new ByolStep(state, k => { rates.Add(k); return 0.3; }, k => { taus.Add(k); return tau; })
            .Take(microBatches, () => TinyByol.Views(++views));

        Assert.Equal((1L, microBatches), (state.Step, views));
        Assert.Equal([0L], rates);
        Assert.Equal([0L], taus);
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
        var first = new ByolStep(once, _ => 0.3, _ => 0.9).Take(1, () => TinyByol.Views(1));
        var second = new ByolStep(twice, _ => 0.3, _ => 0.9).Take(2, () => TinyByol.Views(1));

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
        var step = new ByolStep(state, _ => 0.3, _ => 0.9);
        var calls = 0;

        var e = Assert.Throws<NonFiniteException>(() => step.Take(microBatches, () =>
        {
            var views = TinyByol.Views(1);
            if (++calls == microBatches) views.First[3, 0, 0, 0] = poison;
            return views;
        }));

        Assert.Equal((6, "view v"), (e.Step, e.Tensor));
        Assert.Equal([3], e.Rows);
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
        var calls = 0;

        var e = Assert.Throws<NonFiniteException>(() => new ByolStep(state, _ => 0.3, _ => 0.9).Take(2, () =>
        {
            if (++calls == 2) state.Parameters.Gradients[slice.Offset + 7] = poison;
            return TinyByol.Views(1);
        }));

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
        var calls = 0;
        var e = Assert.Throws<NonFiniteException>(() => new ByolStep(state, _ => 1e36, _ => 0.9).Take(2, () =>
        {
            if (++calls == 2) state.Parameters.Gradients[slice.Offset + 7] = 1000;   // finite, and the step along it is not
            return TinyByol.Views(1);
        }));
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

        new ByolStep(state, _ => 0.3, _ => 0.9) { SideBySide = false }.Take(1, () => TinyByol.Views(3));

        foreach (var (expected, actual) in alone.Target.named_buffers()
            .Zip(state.Target.named_buffers())) TensorAssert.Same(expected.buffer, actual.buffer, "target " + expected.name);
        foreach (var (expected, actual) in alone.Online.named_buffers()
            .Zip(state.Online.named_buffers())) TensorAssert.Same(expected.buffer, actual.buffer, "online " + expected.name);
        var online = TinyByol.Buffers(state.Online);
        Assert.All(state.Target.named_buffers(), b => Assert.NotEqual(TensorAssert.Floats(online[b.name]), TensorAssert.Floats(b.buffer)));
    }

    [Fact]
    public void The_figures_are_those_of_the_views()
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State(TinyByol.Heads with { TargetFromOtherWeights = true });
        using var alone = TinyByol.State(TinyByol.Heads with { TargetFromOtherWeights = true });
        var (v1, v2) = TinyByol.Views(3);
        var (z1, z2) = (alone.Target.Project(v1), alone.Target.Project(v2));
        var (q1, q2) = (alone.Online.Predict(v1), alone.Online.Predict(v2));

        var figures = new ByolStep(state, k => 0.25 + k, k => 0.5 + k / 10.0).Take(1, () => TinyByol.Views(3));

        Assert.Equal(ByolLoss.Symmetric(q1, z2, q2, z1).item<float>(), figures.Loss, 1e-5);
        Assert.Equal(EmbeddingSpread.StandardDeviation(z1) * Math.Sqrt(TinyByol.Heads.ProjectionSize), figures.EmbeddingStd, 1e-5);
        Assert.Equal((0.25, 0.5), (figures.LearningRate, figures.Tau));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Views_side_by_side_are_as_one_after_the_other(int microBatches)
    {
        using var scope = NewDisposeScope();
        var method = TinyByol.Heads with { TargetFromOtherWeights = true };
        using var slow = TinyByol.State(method, type: ScalarType.Float64);
        using var fast = TinyByol.State(method, type: ScalarType.Float64);
        foreach (var state in (ByolState[])[slow, fast])
        {
            var (views, step) = (0, new ByolStep(state, _ => 0.3, _ => 0.9) { SideBySide = state == fast });
            for (var k = 0; k < 3; k++) step.Take(microBatches, () => TinyByol.Views(++views, type: ScalarType.Float64));
        }
        foreach (var (expected, actual) in TinyByol.Everything(slow).Zip(TinyByol.Everything(fast)))
            TensorAssert.Close(expected.Value, actual.Value, 1e-12, expected.Name);
        TensorAssert.Close(slow.Parameters.Gradients, fast.Parameters.Gradients, 1e-12, "gradients");
    }

    // BatchNorm saw the NaN; what it kept of it is put back by who goes on, but the twin's is not theirs to put back.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_left_of_a_step_that_failed(bool sideBySide)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        state.Online.Represented = _ => { };
        var step = new ByolStep(state, _ => 0.1, _ => 0.9) { SideBySide = sideBySide };
        var before = TensorAssert.Snapshot(TinyByol.Everything(state));
        Assert.Throws<NonFiniteException>(() => step.Take(1, () =>
        {
            var views = TinyByol.Views(1);
            views.Second[0, 0, 0, 0] = float.NaN;
            return views;
        }));
        using (no_grad())
        {
            foreach (var (name, value) in TinyByol.Everything(state)) value.copy_(before[name]);
        }
        step.Take(1, () => TinyByol.Views(2));
        Assert.All(TinyByol.Everything(state), t => Assert.True(t.Value.isfinite().all().item<bool>(), t.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_listens_hears_of_the_first_view_and_then_of_the_second(bool sideBySide)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        using var alone = TinyByol.State();
        var views = TinyByol.Views(3);
        Tensor[] expected = [alone.Online.Encoder.forward(views.First), alone.Online.Encoder.forward(views.Second)];
        var heard = new List<Tensor>();
        state.Online.Represented = y => heard.Add(y.clone().DetachFromDisposeScope());

        new ByolStep(state, _ => 0.3, _ => 0.9) { SideBySide = sideBySide }.Take(1, () => views);

        Assert.Equal(2, heard.Count);
        foreach (var (wanted, given) in expected.Zip(heard)) TensorAssert.Close(wanted.detach(), given, 1e-5, "y");
        heard.ForEach(y => y.Dispose());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_same_steps_twice_are_equal_to_the_bit(bool sideBySide)
    {
        using var scope = NewDisposeScope();
        using var first = TinyByol.State();
        using var second = TinyByol.State();
        foreach (var state in (ByolState[])[first, second])
        {
            var (views, step) = (0, new ByolStep(state, _ => 0.1, _ => 0.9) { SideBySide = sideBySide });
            for (var k = 0; k < 5; k++) step.Take(2, () => TinyByol.Views(++views));
        }
        TensorAssert.Unchanged(TensorAssert.Snapshot(TinyByol.Everything(first)), TinyByol.Everything(second));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fifty_steps_leave_no_tensor_behind(bool sideBySide)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        state.Online.Represented = _ => { };
        var step = new ByolStep(state, _ => 0.01, _ => 0.9) { SideBySide = sideBySide };
        step.Take(1, () => TinyByol.Views(0, batch: 2));
        var before = Alive();
        for (var k = 0; k < 50; k++) step.Take(1, () => TinyByol.Views(k, batch: 2));
        Assert.Equal(before, Alive());

        long Alive() => sideBySide ? OfBoth() : DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        long OfBoth()
        {
            var (here, there) = (0L, 0L);
            state.Twin.Both(
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
        var step = new ByolStep(state, _ => learningRate, _ => tau);
        var alarm = new CollapseAlarm();
        var rung = false;
        for (var k = 0; k < 150 && !rung; k++) rung = alarm.Observe(step.Take(1, () => TinyByol.Views(k, batch: 16)).EmbeddingStd);
        Assert.Equal(collapses, rung);
    }
}
