using Byol.Method;
using Byol.Optim;

namespace Byol.Tests.Method;

public sealed class ByolOptionsTests
{
    public static TheoryData<string, ByolOptions, string> Senseless => new()
    {
        { "τ above 1", new ByolOptions { Tau = 1.01 }, "τ of 1.01 must lie between 0 and 1" },
        { "τ below 0", new ByolOptions { Tau = -0.1 }, "τ of -0.1 must lie between 0 and 1" },
        { "τ NaN", new ByolOptions { Tau = double.NaN }, "τ of NaN must lie between 0 and 1" },
        { "projector", new ByolOptions { ProjectorHidden = -1 }, "Hidden sizes -1 and 4096 must be 0 or more" },
        { "predictor", new ByolOptions { PredictorHidden = -2 }, "Hidden sizes 4096 and -2 must be 0 or more" },
        { "projection 1", new ByolOptions { ProjectionSize = 1 }, "A projection of 1 must have at least 2 dimensions" },
        { "coding rate below 0", new ByolOptions { CodingRateWeight = -0.5 }, "A coding rate weight of -0.5 must be at least 0 and at most 100" },
        { "coding rate NaN", new ByolOptions { CodingRateWeight = double.NaN }, "A coding rate weight of NaN must be at least 0" },
        { "projection 0", new ByolOptions { ProjectionSize = 0 }, "A projection of 0 must have at least 2 dimensions" },
    };

    [Theory]
    [MemberData(nameof(Senseless), DisableDiscoveryEnumeration = true)]
    public void A_senseless_value_is_refused_with_the_rule(string what, ByolOptions options, string message)
    {
        Assert.NotEmpty(what);
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Any_tau_from_nought_to_one_is_allowed(double tau) =>
        new ByolOptions { Tau = tau, ProjectorHidden = 0, PredictorHidden = 0 }.Validate();

    [Fact]
    public void Defaults_are_the_papers()
    {
        var options = new ByolOptions();
        options.Validate();
        Assert.Equal((4096, 256, 4096, false),
            (options.ProjectorHidden, options.ProjectionSize, options.PredictorHidden, options.HeadOutputBias));
        Assert.Equal((true, 0.996, Decay.Cosine, false, 0),
            (options.Predictor, options.Tau, options.TauSchedule, options.TargetFromOtherWeights, options.CodingRateWeight));
    }
}
