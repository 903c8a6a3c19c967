using System.Globalization;
using Byol.Optim;
using Parameter = TorchSharp.Modules.Parameter;
using static TorchSharp.torch;

namespace Byol.Tests.Optim;

/// <summary>SGD, Adam and AdamW are torch.optim's, Muon is what singular values say; all rules go on from a restored state as if nothing had happened.</summary>
public sealed class OptimizersTests
{
    private const int Steps = 5;
    private const double LearningRate = 0.05;

    private static readonly string[] Cases =
        [.. from rule in (string[])["sgd", "nesterov", "adam", "adamw", "muon", "muon-nesterov"]
            from decay in (string[])["0", "0.1"]
            from all in (string[])["True", "False"]
            from predictorRate in (string[])["1", "10"]
            select $"{rule}/{decay}/{all}/{predictorRate}"];

    private static readonly Lazy<Dictionary<string, Tensor>> Answer = new(Ask);

    public static TheoryData<string> Rules => [.. Cases];

    // The rate of its own is that of the predictor, or that of the encoder.
    [Theory]
    [MemberData(nameof(Rules))]
    public void Five_steps_are_those_of_torch_optim(string rule)
    {
        var options = Options(rule);
        FiveSteps(rule, options, "predictor.");
        FiveSteps(rule, options with { PredictorLearningRateScale = 1, EncoderLearningRateScale = options.PredictorLearningRateScale },
            "encoder.");
    }

    private static void FiveSteps(string rule, OptimizerOptions options, string module)
    {
        var answer = Answer.Value;
        using var scope = NewDisposeScope();
        using var parameters = Parameters(module);
        using var optimizer = options.Create(parameters);
        for (var step = 0; step < Steps; step++)
        {
            SetGradients(parameters, step);
            optimizer.Step(LearningRate);
            TensorAssert.Close(answer[$"{rule}.{step}.matrix"].reshape(-1), Value(parameters, 0), 1e-6, $"matrix after step {step}");
            TensorAssert.Close(answer[$"{rule}.{step}.vector"], Value(parameters, 1), 1e-6, $"vector after step {step}");
        }
    }

    [Theory]
    [InlineData("lars/0.1/False")]
    [InlineData("sgd/0.1/False")]
    [InlineData("adam/0.1/False")]
    [InlineData("adamw/0.1/True")]
    [InlineData("muon/0.1/True")]
    public void A_restored_state_goes_on_to_the_bit(string rule)
    {
        using var scope = NewDisposeScope();
        using var straight = Parameters();
        using var first = Options(rule).Create(straight);
        using var resumed = Parameters();
        using var second = Options(rule).Create(resumed);

        for (var step = 0; step < 2; step++) Take(first, straight, step);
        resumed.Values.copy_(straight.Values);
        foreach (var ((name, value), (sameName, saved)) in second.State.Zip(first.State))
        {
            Assert.Equal(sameName, name);
            value.copy_(saved);
        }
        for (var step = 2; step < Steps; step++)
        {
            Take(first, straight, step);
            Take(second, resumed, step);
        }

        TensorAssert.Same(straight.Values, resumed.Values, "values");
        foreach (var ((name, value), (_, saved)) in second.State.Zip(first.State)) TensorAssert.Same(saved, value, name);
    }

    [Theory]
    [InlineData("lars/0.1/True")]
    [InlineData("sgd/0.1/True")]
    [InlineData("adam/0/True")]
    [InlineData("adamw/0.1/True")]
    [InlineData("muon/0.1/True")]
    public void A_rate_of_zero_moves_nothing(string rule)
    {
        using var scope = NewDisposeScope();
        using var parameters = Parameters();
        using var optimizer = Options(rule).Create(parameters);
        var before = parameters.Values.clone();
        SetGradients(parameters, 0);
        optimizer.Step(0);
        TensorAssert.Same(before, parameters.Values, "values");
    }

    private static void Take(IOptimizer optimizer, FlatParameters parameters, int step)
    {
        SetGradients(parameters, step);
        optimizer.Step(LearningRate);
    }

    private static Dictionary<string, Tensor> Ask()
    {
        using var scope = NewDisposeScope();
        var question = new List<(string, Tensor)> { ("matrix", Drawn(0, 4, 3)), ("vector", Drawn(1, 4)) };
        for (var step = 0; step < Steps; step++)
        {
            question.Add(($"matrix.gradient.{step}", Drawn(10 + step, 4, 3)));
            question.Add(($"vector.gradient.{step}", Drawn(20 + step, 4)));
        }
        var answer = Oracle.Ask("optimizers.py", question, [$"{Steps}", LearningRate.ToString(CultureInfo.InvariantCulture), .. Cases]);
        foreach (var value in answer.Values) value.DetachFromDisposeScope();
        return answer;
    }

    private static OptimizerOptions Options(string rule)
    {
        var parts = rule.Split('/');
        return new OptimizerOptions
        {
            Kind = Enum.Parse<OptimizerKind>(parts[0] == "nesterov" ? "sgd" : parts[0].Split('-')[0], ignoreCase: true),
            Nesterov = parts[0].EndsWith("nesterov", StringComparison.Ordinal),
            WeightDecay = double.Parse(parts[1], CultureInfo.InvariantCulture),
            DecayNormsAndBiases = bool.Parse(parts[2]),
            PredictorLearningRateScale = parts.Length > 3 ? double.Parse(parts[3], CultureInfo.InvariantCulture) : 1,
        };
    }

    private static FlatParameters Parameters(string module = "predictor.") =>
        new([("matrix", new Parameter(Drawn(0, 4, 3))), (module + "vector", new Parameter(Drawn(1, 4)))], trained: true);

    private static void SetGradients(FlatParameters parameters, int step) =>
        parameters.Gradients.copy_(cat([Drawn(10 + step, 4, 3).reshape(-1), Drawn(20 + step, 4)], 0));

    private static Tensor Value(FlatParameters parameters, int index) => FlatParameters.Window(parameters.Values, parameters.Slices[index]);

    private static Tensor Drawn(int seed, params long[] shape)
    {
        using var random = new Generator((ulong)seed);
        return randn(shape, generator: random);
    }
}
