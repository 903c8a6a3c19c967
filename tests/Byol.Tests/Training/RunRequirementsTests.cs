using Byol.Interop;
using Byol.Models;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

public sealed class RunRequirementsTests
{
    private readonly PatternImages _images = new(64);

    [Theory]
    [InlineData(Precision.Auto)]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void A_precision_that_is_slower_here_is_warned_of(Precision precision)
    {
        var recipe = TinyRun.Recipe with { Training = TinyRun.Recipe.Training with { Precision = precision } };
        var warned = new List<string>();
        RunRequirements.Advise(recipe, _images, validation: null, CPU, warned.Add);
        var isSlower = precision == Precision.BFloat16 && !Processor.Current.GainsFromBf16;
        Assert.Equal(isSlower, warned.Exists(w => w.Contains("training.precision = bfloat16 takes longer", StringComparison.Ordinal)));
        RunRequirements.Advise(recipe, _images, validation: null, new Device("cuda:0"), warned.Add);
        Assert.Equal(isSlower ? 1 : 0, warned.Count);
    }

    [Fact]
    public void A_run_that_only_warms_up_is_warned_of()
    {
        var recipe = TinyRun.Recipe with { Optimizer = TinyRun.Recipe.Optimizer with { WarmupEpochs = 3 } };
        var warned = new List<string>();
        RunRequirements.Advise(recipe, _images, validation: null, CPU, warned.Add);
        Assert.Contains("only warms up: 3 epochs of warm-up in 3", Assert.Single(warned));
        warned.Clear();
        var hour = recipe with { Training = recipe.Training with { Budget = TimeSpan.FromHours(1) } };
        RunRequirements.Advise(hour, _images, validation: null, CPU, warned.Add);
        Assert.Empty(warned);
    }
}
