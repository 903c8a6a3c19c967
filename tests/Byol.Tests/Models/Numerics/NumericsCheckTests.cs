using Byol.Models;
using Byol.Models.Numerics;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Tests.Models.Numerics;

public sealed class NumericsCheckTests
{
    // A layer that is as wrong as is wished.
    private sealed record Made(long Batch, double Wrong, double Cost, string Name) : ILayerShape
    {
        public static List<string> Computed { get; } = [];

        public ScalarType Type => ScalarType.Float32;

        public long Largest => 1;

        public ILayerShape Of(long batch) => this with { Batch = batch, Cost = Cost * batch / Batch };

        public double Deviation(bool withGradients)
        {
            Computed.Add($"{Name} {Batch}");
            return Wrong;
        }
    }

    [Fact]
    public void A_wrong_layer_is_an_exception_that_names_it()
    {
        var thrown = Assert.Throws<NumericsException>(() => NumericsCheck.Require([new Made(4, 0.14, 1, "made layer")], CPU, false));
        Assert.Contains("made layer", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("1.4e-1", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("ONEDNN_MAX_CPU_ISA=AVX2", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<NumericsException>(() => NumericsCheck.Require([new Made(4, double.PositiveInfinity, 1, "of NaN")], CPU, false));
    }

    [Fact]
    public void What_was_right_is_not_computed_again_and_a_costly_layer_is_checked_for_fewer_images()
    {
        ILayerShape[] shapes = [new Made(64, 0, 1e12, "costly"), new Made(8, 0, 10, "cheap")];
        NumericsCheck.Require(shapes, CPU, true);
        NumericsCheck.Require(shapes, CPU, true);
        Assert.Equal(["cheap 8", "costly 2"], Made.Computed.Where(c => c is ['c', ..]));
    }

    [Fact]
    public void On_a_GPU_nothing_is_checked() =>
        NumericsCheck.Require([new Made(4, 1, 1, "on a GPU")], new Device(TorchSharp.DeviceType.CUDA), false);

    [Fact]
    public void The_sweep_holds_every_layer_of_every_encoder_up_to_its_size_and_wide_1x1_convolutions_first()
    {
        var shapes = NumericsSweep.Shapes(isWhole: true);
        var known = shapes.ToHashSet();
        Assert.Equal(shapes.Count, known.Count);
        foreach (var depth in ResNetPlan.BlocksByDepth.Keys)
        {
            var encoder = new ResNetOptions { Depth = depth, Width = 0.5 };
            Assert.All(encoder.LayerShapes(160, 8, ScalarType.BFloat16, true), s => Assert.Contains(s, known));
        }
        Assert.All(shapes.Take(10), s => Assert.True(s is ConvolutionShape { Kernel: 1, Out: >= 1024 }, $"{s}"));
        Assert.Contains(shapes, s => s is ProductShape { In: 4096, Out: 256 });
        Assert.Subset(known, NumericsSweep.Shapes(isWhole: false).ToHashSet());
    }
}
