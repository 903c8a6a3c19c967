using System.Globalization;
using System.Runtime.InteropServices;
using Byol.Faults.Soaking;
using Byol.Method;
using Byol.Models.ResNet;
using Byol.Optim;
using Byol.Tests.Method;
using static TorchSharp.torch;

namespace Byol.Tests.Interop;

/// <summary>Training beside a thread that allocates and collects all the while gives the weights of the quiet run, bit for bit.</summary>
/// <remarks><c>BYOL_SOAK_STEPS</c> makes it as long as wanted; the default takes seconds.</remarks>
public sealed class ScalarSoakTests
{
    private const int DefaultSteps = 20, AveragesPerStep = 500;
    private static readonly ResNetOptions Encoder = new ResNetOptions { Depth = 18, Width = 1.0 / 16, Stem = Stem.SmallStride2 };
    private static readonly ByolOptions Heads = new() { ProjectorHidden = 16, ProjectionSize = 8, PredictorHidden = 16 };

    private static int Steps =>
        int.TryParse(Environment.GetEnvironmentVariable("BYOL_SOAK_STEPS"), CultureInfo.InvariantCulture, out var steps)
            ? steps : DefaultSteps;

    [Theory]
    [InlineData(OptimizerKind.Lars)]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void Weights_are_those_of_the_quiet_run(OptimizerKind optimizer)
    {
        var quiet = Train(optimizer);
        using var noise = new AllocatingThread();
        var beside = Train(optimizer);
        Assert.True(noise.Collections > Steps, $"Only {noise.Collections} collections took place: this proves nothing.");
        Assert.Equal(quiet, beside);
    }

    [Fact]
    public void Scalars_that_nothing_holds_survive_on_the_woven_TorchSharp()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The harness needs Linux.");
        var (survived, what) = ScalarRace.InProcess(TimeSpan.FromSeconds(5), original: false);
        Assert.True(survived, what);
        TestContext.Current.SendDiagnosticMessage(what);
    }

    [Fact]
    public void On_the_original_they_do_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The harness needs Linux.");
        var (survived, what) = ScalarRace.InProcess(TimeSpan.FromMinutes(5), original: true);   // it ends within seconds
        Assert.False(survived, what);
    }

    // One step of BYOL, then as many averages of the target as thousands of steps would make: most calls with a Scalar for the time.
    private static byte[] Train(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        var options = new OptimizerOptions { Kind = kind, WeightDecay = 1e-4 };
        using var state = new ByolState(
            Encoder.Create, Encoder.RepresentationSize, Heads, options, seed: 1, CPU);
        using var random = new Generator(2);
        var pair = new ViewPair(randn([4, 3, 16, 16], generator: random), randn([4, 3, 16, 16], generator: random));
        for (var k = 0; k < Steps; k++)
        {
            TinyByol.Step(state, 0.01, 0.99, pair, pair);
            for (var i = 0; i < AveragesPerStep; i++) state.Target.Update(state.Parameters, 0.9999);
        }
        return [.. MemoryMarshal.AsBytes(state.Parameters.Values.bytes), .. MemoryMarshal.AsBytes(state.Target.Values.bytes)];
    }
}
