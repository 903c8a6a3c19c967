using System.Collections.Concurrent;
using System.Diagnostics;
using static TorchSharp.torch;

namespace Byol.Models.Numerics;

/// <summary>Nothing begins with a layer that this processor computes wrongly.</summary>
internal static class NumericsCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private const double FirstRate = 2e9, Passes = 3;     // multiply-adds a second before one is measured

    private static readonly ConcurrentDictionary<(ILayerShape, bool), double> Known = [];

    /// <summary>The largest deviation that rounding explains, twice over; it gives up to 2e-2 and 2e-5. Faults that are known give 0.1 and
    /// more.</summary>
    public static double Tolerance(ScalarType type) => type == ScalarType.BFloat16 ? 4e-2 : 2e-4;

    /// <summary>Checks layers on a processor, in at most a second for what this process has not checked before.</summary>
    /// <param name="shapes">The layers.</param>
    /// <param name="device">Where they will be computed: on a GPU nothing is checked.</param>
    /// <param name="withGradients">Whether they are trained.</param>
    /// <exception cref="NumericsException">A layer is wrong, and no other way is right.</exception>
    public static void Require(IEnumerable<ILayerShape> shapes, Device device, bool withGradients)
    {
        if (device.type == TorchSharp.DeviceType.CPU) Require(shapes, withGradients, Limit);
    }

    /// <summary>Checks layers, 1x1 convolutions first and the cheapest first among equals; one that would take longer than the time
    /// that is left is checked for fewer images.</summary>
    internal static void Require(IEnumerable<ILayerShape> shapes, bool withGradients, TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        var (work, seconds) = (0.0, 0.0);
        foreach (var shape in shapes.Where(s => s.Type != ScalarType.Float64).OrderBy(s => s is ConvolutionShape { Kernel: 1 } ? 0 : 1).ThenBy(s => s.Cost))
        {
            if (Known.ContainsKey((shape, withGradients))) continue;
            var rate = seconds > 0 ? work / seconds : FirstRate;
            var affordable = (limit - Stopwatch.GetElapsedTime(start)).TotalSeconds * rate;
            if (affordable <= 0) return;
            var checkedShape = shape;
            while (checkedShape.Cost * Passes > affordable && checkedShape.Batch > 2
                && checkedShape.Of(checkedShape.Batch / 2) is var smaller && smaller.Batch < checkedShape.Batch)
            {
                checkedShape = smaller;
            }
            var before = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Require(checkedShape, withGradients);
            Known[(shape, withGradients)] = 0;
            work += checkedShape.Cost * Passes;
            seconds += Stopwatch.GetElapsedTime(start).TotalSeconds - before;
        }
    }

    private static void Require(ILayerShape shape, bool withGradients)
    {
        var deviation = Known.GetOrAdd((shape, withGradients), _ => shape.Deviation(withGradients));
        if (deviation <= Tolerance(shape.Type)) return;
        if (shape is ConvolutionShape { Kernel: 1 } && !Convolution.OneByOneAsProduct)
        {
            Convolution.OneByOneAsProduct = true;
            Known.Clear();
            Require(shape, withGradients);
            return;
        }
        throw new NumericsException(FormattableString.Invariant(
            $"libtorch is wrong on this processor: {shape}, is wrong by {deviation:0.0e+0} of the typical size of its numbers; ")
            + "set ONEDNN_MAX_CPU_ISA=AVX2 in the environment, which is slower.");
    }
}
