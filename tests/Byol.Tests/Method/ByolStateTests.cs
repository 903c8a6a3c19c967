using Byol.Method;
using static TorchSharp.torch;

namespace Byol.Tests.Method;

/// <summary>Points 1 and 5: the target begins as the online network in memory of its own, untrained; the predictor is online
/// only.</summary>
public sealed class ByolStateTests
{
    [Fact]
    public void Target_equals_online_at_step_0()
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        TensorAssert.Unchanged(TinyByol.Parameters(state.Online),
            state.Target.named_parameters().Select(p => (p.name, (Tensor)p.parameter)));
        TensorAssert.Unchanged(TinyByol.Buffers(state.Online), state.Target.named_buffers());
        Assert.Equal(0, state.Step);
    }

    [Fact]
    public void Target_from_other_weights_differs_in_every_kernel()
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State(TinyByol.Heads with { TargetFromOtherWeights = true });
        var online = TinyByol.Parameters(state.Online);
        foreach (var (name, parameter) in state.Target.named_parameters().Where(p => p.parameter.dim() > 1))
            Assert.NotEqual(TensorAssert.Floats(online[name]), TensorAssert.Floats(parameter));
    }

    [Fact]
    public void Target_shares_no_storage_with_online()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var state = TinyByol.State();
        var target = TensorAssert.Snapshot(TinyByol.Everything(state).Where(t => t.Name.StartsWith("target", StringComparison.Ordinal)));
        foreach (var (name, value) in TinyByol.Everything(state)
            .Where(t => t.Name.StartsWith("online", StringComparison.Ordinal))) value.fill_(123);
        TensorAssert.Unchanged(target, TinyByol.Everything(state).Where(t => t.Name.StartsWith("target", StringComparison.Ordinal)));
    }

    [Fact]
    public void Target_is_in_no_optimizer()
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        Assert.Equal(state.Online.named_parameters().Select(p => p.name), state.Parameters.Slices.Select(s => s.Name));
        Assert.All(state.Optimizer.State, s => Assert.Equal(state.Online.parameters().Sum(p => p.numel()), s.Value.numel()));

        var before = TinyByol.Parameters(state.Target);
        state.Parameters.Gradients.copy_(ones_like(state.Parameters.Gradients));
        state.Optimizer.Step(0.5);
        TensorAssert.Unchanged(before, state.Target.named_parameters().Select(p => (p.name, (Tensor)p.parameter)));
    }

    [Fact]
    public void Target_needs_and_gets_no_gradient()
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State();
        Assert.False(state.Target.Project(TinyByol.Views(1).First).requires_grad);
        ByolStep.Take(state, TinyByol.Views(1), 0.1, 0.9);
        Assert.All(state.Target.parameters(), p => Assert.True(!p.requires_grad && p.grad is null));
        Assert.All(state.Online.named_parameters(), p => Assert.NotNull(p.parameter.grad));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_predictor_is_online_only(bool predictor)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State(TinyByol.Heads with { Predictor = predictor });
        Assert.Equal(predictor, state.Online.named_parameters().Any(p => p.name.StartsWith("predictor.", StringComparison.Ordinal)));
        Assert.DoesNotContain(state.Target.named_parameters(), p => p.name.Contains("predictor", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_predictor_the_prediction_is_the_projection()
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State(TinyByol.Heads with { Predictor = false });
        var view = TinyByol.Views(1).First;
        TensorAssert.Close(state.Target.Project(view), state.Online.Predict(view), 1e-6, "prediction");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void The_last_layers_have_a_bias_where_asked(bool bias, bool expected)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State(TinyByol.Heads with { HeadOutputBias = bias });
        Assert.Equal(expected, state.Online.named_parameters().Any(p => p.name is "projector.3.bias"));
        Assert.Equal(expected, state.Online.named_parameters().Any(p => p.name is "predictor.3.bias"));
    }

    [Fact]
    public void Equal_seeds_build_equal_states_and_others_build_others()
    {
        using var scope = NewDisposeScope();
        using var first = TinyByol.State(seed: 4);
        using var second = TinyByol.State(seed: 4);
        using var other = TinyByol.State(seed: 6);
        TensorAssert.Same(first.Parameters.Values, second.Parameters.Values, "θ");
        Assert.NotEqual(TensorAssert.Floats(first.Parameters.Values), TensorAssert.Floats(other.Parameters.Values));
    }

    [Fact]
    public void Senseless_options_are_refused()
    {
        Assert.Throws<ArgumentException>(() => TinyByol.State(TinyByol.Heads with { Tau = 2 }));
        Assert.Throws<ArgumentException>(() => TinyByol.State(optimizer: TinyByol.Sgd with { LearningRate = -1 }));
    }
}
