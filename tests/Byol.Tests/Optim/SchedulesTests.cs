using Byol.Optim;
using CsCheck;

namespace Byol.Tests.Optim;

/// <summary>Point 3: τ(0) is the base and τ(K) is 1, and it never falls; the rate peaks where the warm-up ends and falls to near
/// 0.</summary>
public sealed class SchedulesTests
{
    private static readonly Gen<(double Base, int Steps)> Runs = Gen.Select(Gen.Double[0, 1], Gen.Int[1, 5000]);
    private static readonly Gen<(double Peak, int Steps, int Warmup)> Rates =
        from steps in Gen.Int[2, 5000] from warmup in Gen.Int[0, steps - 1] from peak in Gen.Double[1e-6, 100] select (peak, steps, warmup);

    [Fact]
    public void Tau_starts_at_its_base_and_ends_at_one() => Runs.Sample(run =>
    {
        Assert.Equal(run.Base, Schedules.Tau(run.Base, 0, run.Steps, Decay.Cosine), 1e-15);
        Assert.Equal(1, Schedules.Tau(run.Base, run.Steps, run.Steps, Decay.Cosine));
        Assert.Equal(1, Schedules.Tau(run.Base, run.Steps + 7, run.Steps, Decay.Cosine));
    });

    [Fact]
    public void Tau_never_falls_and_stays_between_its_base_and_one() => Runs.Sample(run =>
    {
        var before = run.Base - 1e-15;
        for (var k = 0; k <= run.Steps; k += Math.Max(1, run.Steps / 100))
        {
            var tau = Schedules.Tau(run.Base, k, run.Steps, Decay.Cosine);
            Assert.InRange(tau, before, 1);
            before = tau;
        }
    }, iter: 50);

    [Fact]
    public void Tau_is_the_papers_formula() => Runs.Sample(run =>
    {
        var k = run.Steps / 3;
        var expected = 1 - (1 - run.Base) * (Math.Cos(Math.PI * k / run.Steps) + 1) / 2;
        Assert.Equal(expected, Schedules.Tau(run.Base, k, run.Steps, Decay.Cosine), 1e-12);
    });

    [Fact]
    public void A_constant_tau_stays() => Runs.Sample(run => Schedules.Tau(run.Base, run.Steps / 2, run.Steps, Decay.Constant) == run.Base);

    [Fact]
    public void The_rate_peaks_exactly_where_the_warm_up_ends() => Rates.Sample(r =>
    {
        Assert.Equal(r.Peak, Schedules.LearningRate(r.Peak, r.Warmup, r.Steps, r.Warmup, Decay.Cosine));
        if (r.Warmup == 0) return;
        Assert.Equal(0, Schedules.LearningRate(r.Peak, 0, r.Steps, r.Warmup, Decay.Cosine));
        Assert.True(Schedules.LearningRate(r.Peak, r.Warmup - 1, r.Steps, r.Warmup, Decay.Cosine) < r.Peak);
    });

    [Fact]
    public void The_rate_rises_in_a_line_then_falls_and_is_never_negative() => Rates.Sample(r =>
    {
        var before = double.NegativeInfinity;
        for (var k = 0; k < r.Steps; k += Math.Max(1, r.Steps / 100))
        {
            var rate = Schedules.LearningRate(r.Peak, k, r.Steps, r.Warmup, Decay.Cosine);
            Assert.InRange(rate, 0, r.Peak);
            if (k < r.Warmup) Assert.Equal(r.Peak * k / r.Warmup, rate, r.Peak * 1e-12);
            else if (k > r.Warmup + r.Steps / 100) Assert.True(rate <= before || before == double.NegativeInfinity);
            before = k < r.Warmup ? double.NegativeInfinity : rate;
        }
    }, iter: 50);

    // Half a cosine from the last step but one leaves sin²(π/2n) of the peak.
    [Fact]
    public void The_last_step_is_near_zero() => Rates.Sample(r =>
    {
        var last = Schedules.LearningRate(r.Peak, r.Steps - 1, r.Steps, r.Warmup, Decay.Cosine);
        Assert.InRange(last / r.Peak, 0, Math.Pow(Math.Sin(Math.PI / 2 / (r.Steps - r.Warmup)), 2) + 1e-12);
        Assert.Equal(0, Schedules.LearningRate(r.Peak, r.Steps, r.Steps, r.Warmup, Decay.Cosine), r.Peak * 1e-12);
    });

    [Fact]
    public void A_constant_rate_stays_after_the_warm_up() => Rates.Sample(r =>
        Schedules.LearningRate(r.Peak, r.Warmup, r.Steps, r.Warmup, Decay.Constant) == r.Peak
        && Schedules.LearningRate(r.Peak, r.Steps - 1, r.Steps, r.Warmup, Decay.Constant) == r.Peak);
}
