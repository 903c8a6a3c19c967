using Byol.Optim;

namespace Byol.Tests.Optim;

public sealed class OptimizerOptionsTests
{
    public static TheoryData<string, OptimizerOptions, string> Senseless => new()
    {
        { "rate 0", new OptimizerOptions { LearningRate = 0 }, "Learning rate 0 must be above 0" },
        { "rate below 0", new OptimizerOptions { LearningRate = -1 }, "Learning rate -1 must be above 0" },
        { "rate 1000", new OptimizerOptions { LearningRate = 1000 }, "Learning rate 1000 must be" },
        { "rate NaN", new OptimizerOptions { LearningRate = double.NaN }, "Learning rate NaN must be" },
        { "momentum 1", new OptimizerOptions { Momentum = 1 }, "Momentum 1 must be" },
        { "momentum below 0", new OptimizerOptions { Momentum = -0.1 }, "Momentum -0.1 must be" },
        { "encoder rate below 0", new OptimizerOptions { EncoderLearningRateScale = -1 }, "Encoder learning rate scale -1 must be" },
        { "predictor rate 0", new OptimizerOptions { PredictorLearningRateScale = 0 }, "Predictor learning rate scale 0 must be" },
        { "decay below 0", new OptimizerOptions { WeightDecay = -1e-6 }, "Weight decay -1E-06 must be" },
        { "decay 1", new OptimizerOptions { WeightDecay = 1 }, "Weight decay 1 must be" },
        { "trust 0", new OptimizerOptions { TrustCoefficient = 0 }, "Trust coefficient 0 must be" },
        { "trust 2", new OptimizerOptions { TrustCoefficient = 2 }, "Trust coefficient 2 must be" },
        { "warm-up below 0", new OptimizerOptions { WarmupEpochs = -1 }, "Warm-up of -1 epochs must be" },
        { "warm-up NaN", new OptimizerOptions { WarmupEpochs = double.NaN }, "Warm-up of NaN epochs must be" },
        { "per images below 0", new OptimizerOptions { BaseBatchSize = -256 }, "Base batch size -256 must be" },
    };

    [Theory]
    [MemberData(nameof(Senseless), DisableDiscoveryEnumeration = true)]
    public void A_senseless_value_is_refused_with_the_rule(string what, OptimizerOptions options, string message)
    {
        Assert.NotEmpty(what);
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_the_papers()
    {
        var options = new OptimizerOptions();
        options.Validate();
        Assert.Equal((OptimizerKind.Lars, 0.2, 256, 0.9, 1.5e-6),
            (options.Kind, options.LearningRate, options.BaseBatchSize, options.Momentum, options.WeightDecay));
        Assert.Equal((false, 0.001, false, 10.0, Decay.Cosine),
            (options.DecayNormsAndBiases, options.TrustCoefficient, options.TrustClip, options.WarmupEpochs, options.Schedule));
    }

    [Theory]
    [InlineData(256, 4096, 3.2)]
    [InlineData(256, 256, 0.2)]
    [InlineData(256, 64, 0.05)]
    [InlineData(128, 256, 0.4)]
    [InlineData(0, 4096, 0.2)]
    public void The_peak_rate_grows_with_the_batch(int perImages, int batch, double expected) =>
        Assert.Equal(expected, new OptimizerOptions { BaseBatchSize = perImages }.PeakLearningRate(batch), 1e-12);
}
