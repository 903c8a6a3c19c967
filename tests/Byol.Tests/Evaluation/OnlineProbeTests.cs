using Byol.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class OnlineProbeTests
{
    [Fact]
    public void It_learns_what_a_line_can_tell_apart()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(200, 6, 3, seed: 1);
        using var probe = new OnlineProbe(6, 3, 1, CPU);
        var before = Accuracy(probe, bank);
        for (var step = 0; step < 300; step++) probe.Learn(bank.Features, bank.Labels);
        using var trained = LogisticRegression.Fit(bank.Features, bank.Labels, 3, 1);
        var best = ClassificationResult.Of(trained.Scores(bank.Features), bank.Labels).Accuracy;
        Assert.True(before < best - 0.1, $"{before} {best}");
        Assert.InRange(Accuracy(probe, bank), best - 0.05, 1);
    }

    // Encoders differ by orders of magnitude in the scale of what they give.
    [Theory]
    [InlineData(1e-3, 0)]
    [InlineData(1e3, 1e3)]
    public void Scale_and_offset_of_representations_do_not_matter(double scale, double offset)
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(200, 6, 3, seed: 1);
        using var moved = bank.WithFeatures(bank.Features * scale + offset);
        using var probe = new OnlineProbe(6, 3, 1, CPU);
        for (var step = 0; step < 300; step++) probe.Learn(moved.Features, moved.Labels);
        using var trained = LogisticRegression.Fit(bank.Features, bank.Labels, 3, 1);
        Assert.InRange(Accuracy(probe, moved), ClassificationResult.Of(trained.Scores(bank.Features), bank.Labels).Accuracy - 0.05, 1);
    }

    [Fact]
    public void What_it_is_given_stays_as_it_was_and_gets_no_gradient()
    {
        using var scope = NewDisposeScope();
        var x = randn([8, 6], generator: new Generator(1)).requires_grad_();
        var y = x.mul(x);
        var before = y.detach().clone();
        using var probe = new OnlineProbe(6, 3, 1, CPU);
        probe.Learn(y, [0, 1, 2, 0, 1, 2, 0, 1]);
        TensorAssert.Same(before, y.detach(), "representations");
        Assert.Null(x.grad);
    }

    [Fact]
    public void It_learns_where_gradients_are_off_and_from_bfloat16()
    {
        using var scope = NewDisposeScope();
        using var probe = new OnlineProbe(6, 3, 1, CPU);
        var before = probe.State[0].Value.clone();
        using (no_grad()) probe.Learn(ones(4, 6).to(ScalarType.BFloat16), [0, 1, 2, 0]);
        Assert.False(before.allclose(probe.State[0].Value));
    }

    [Fact]
    public void Its_state_is_all_there_is()
    {
        using var scope = NewDisposeScope();
        using var bank = Clusters.Draw(60, 6, 3, seed: 2);
        using var first = new OnlineProbe(6, 3, 1, CPU);
        using var second = new OnlineProbe(6, 3, 2, CPU);
        for (var step = 0; step < 5; step++) first.Learn(bank.Features, bank.Labels);
        foreach (var (from, to) in first.State.Zip(second.State)) to.Value.copy_(from.Value);
        first.Learn(bank.Features, bank.Labels);
        second.Learn(bank.Features, bank.Labels);
        using var scale = Standardization.Of(bank.Features);
        TensorAssert.Same(first.Scores(bank.Features, scale), second.Scores(bank.Features, scale), "scores");
    }

    [Fact]
    public void Learning_leaves_no_tensor_behind()
    {
        using var bank = Clusters.Draw(60, 6, 3, seed: 3);
        using var probe = new OnlineProbe(6, 3, 1, CPU);
        probe.Learn(bank.Features, bank.Labels);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 0; step < 10; step++) probe.Learn(bank.Features, bank.Labels);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static double Accuracy(OnlineProbe probe, FeatureBank bank)
    {
        using var scale = Standardization.Of(bank.Features);
        return ClassificationResult.Of(probe.Scores(bank.Features, scale), bank.Labels).Accuracy;
    }
}
