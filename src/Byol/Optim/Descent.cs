using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Optim;

/// <summary>The last line of every rule: w ← w − lr·u, with encoder and predictor at rates of their own.</summary>
internal static class Descent
{
    /// <summary>Calls back for each part of the buffer that moves at one rate: f, g and q, or one part where the rates are equal.</summary>
    /// <param name="parameters">What is moved.</param>
    /// <param name="options">How many times faster a parameter moves.</param>
    /// <param name="learningRate">Of the projector.</param>
    /// <param name="move">Is given the part's window on a buffer laid out like the parameters, and minus its rate.</param>
    public static void Along(
        FlatParameters parameters, OptimizerOptions options, double learningRate, Action<Func<Tensor, Tensor>, Scalar> move)
    {
        foreach (var (offset, length, scale) in Parts(parameters.Slices, options))
        {
            using Scalar down = -learningRate * scale;
            move(buffer => buffer.narrow(0, offset, length), down);
        }
    }

    // Neighbors that move at one rate are one part.
    private static List<(long Offset, long Length, double Scale)> Parts(IReadOnlyList<ParameterSlice> slices, OptimizerOptions options)
    {
        var parts = new List<(long Offset, long Length, double Scale)>();
        foreach (var slice in slices)
        {
            var scale = options.ScaleOf(slice);
            if (parts.Count > 0 && parts[^1].Scale == scale) parts[^1] = parts[^1] with { Length = parts[^1].Length + slice.Length };
            else parts.Add((slice.Offset, slice.Length, scale));
        }
        return parts;
    }
}
