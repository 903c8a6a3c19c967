using System.Text.Json;
using Byol.Cli.Commands;
using Byol.Interop;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol bench step: that its figures fit together, not how fast it is.</summary>
[Collection(CommandLine.Name)]
public sealed class BenchStepTests
{
    private static readonly string[] Tiny =
    [
        "bench", "step", "--encoder", "resnet18x0.0625", "--batch-size", "8", "--steps", "2",
        "--set", "method.projector_hidden=8", "--set", "method.predictor_hidden=8"
    ];

    [Fact]
    public void The_figures_fit_together()
    {
        var (exit, output, _) = CommandLine.Run([.. Tiny, "--precision", "float32", "--json"]);
        Assert.Equal(0, exit);
        using var json = JsonDocument.Parse(output);
        double Figure(string name) => json.RootElement.GetProperty(name).GetDouble();
        Assert.Equal(8000 / Figure("step_milliseconds"), Figure("images_per_second"), 1e-6 * Figure("images_per_second"));
        Assert.Equal(Figure("gigaflops_per_image") * Figure("images_per_second"), Figure("gigaflops"), 1e-6 * Figure("gigaflops"));
        Assert.Equal(Figure("gigaflops") / Figure("peak_float32"), Figure("share_of_peak"), 1e-9);
        Assert.InRange(Figure("share_of_peak"), 0, 1);
        Assert.InRange(Figure("data_wait"), 0, 1);
        Assert.True(Figure("peak_memory_mib") > 50);
        Assert.True(Figure("peak_bfloat16") > 0);
    }

    [Fact]
    public void The_parts_of_a_profile_add_up_to_the_step_on_every_thread()
    {
        Assert.SkipUnless(OperationClock.IsSupported, "Operations can be timed on Linux on x64 only.");
        var (exit, output, _) = CommandLine.Run([.. Tiny, "--profile", "--json"]);
        Assert.Equal(0, exit);
        using var json = JsonDocument.Parse(output);
        var profile = json.RootElement.GetProperty("profile");
        var step = profile.GetProperty("step_milliseconds").GetDouble();
        var parts = profile.GetProperty("parts").EnumerateArray().ToDictionary(
            p => p.GetProperty("name").GetString()!, p => p.GetProperty("milliseconds").EnumerateArray().Select(m => m.GetDouble()).ToList());
        for (var thread = 0; thread < profile.GetProperty("threads").GetArrayLength(); thread++)
            Assert.Equal(step, parts.Values.Sum(p => p[thread]), 1e-6 * step);
        Assert.All(
            [
                "convolution, forward", "convolution, backward", "matrix product, forward", "matrix product, backward",
                "BatchNorm, with sum and ReLU, forward", "BatchNorm, with sum and ReLU, backward", "optimizer", "moving average", ".NET and bindings",
            ],
            part => Assert.True(parts[part].Sum() > 0, part));

        // ResNet-18 has 20 convolutions: twice forward through both networks, twice backward through one.
        Assert.Equal((80, 40), (Calls("aten::convolution", false), Calls("aten::convolution_backward", true)));

        double Calls(string name, bool isBackward) => profile.GetProperty("operations").EnumerateArray().Single(
            o => o.GetProperty("name").GetString() == name && o.GetProperty("is_backward").GetBoolean() == isBackward).GetProperty("calls").GetDouble();
    }

    [Fact]
    public void The_table_names_what_was_measured()
    {
        var (exit, output, _) = CommandLine.Run([.. Tiny, .. OperationClock.IsSupported ? (string[])["--profile"] : []]);
        Assert.Equal(0, exit);
        Assert.StartsWith("ResNet-18 of width 0.0625 with stem SmallStride2, 28 px, batch 8, ", output, StringComparison.Ordinal);
        Assert.Contains("share of the peak", output, StringComparison.Ordinal);
        if (!OperationClock.IsSupported) return;
        Assert.Contains("2 steps that were timed operation by operation:", output, StringComparison.Ordinal);
        Assert.Contains("aten::convolution_backward, backward", output, StringComparison.Ordinal);
    }

    // Measuring them is minutes.
    [Fact]
    public void The_networks_of_the_committed_table_are_recipes() =>
        Assert.Equal([(18, 1.0, 128, 4096), (18, 0.5, 256, 1024), (50, 1.0, 16, 4096)],
            Bench.Recipes().Select(r => (r.Encoder.AsResNet().Depth, r.Encoder.AsResNet().Width, r.Training.BatchSize, (int)r.Method.ProjectorHidden)));

    [Fact]
    public void No_steps_are_refused() =>
        CommandLine.Refuses(["bench", "step", "--steps", "0"], "--steps 0 must lie between");
}
