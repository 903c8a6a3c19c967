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
        foreach (var (offset, length, scale) in parameters.Parts(options.ScaleOf))
        {
            using Scalar down = -learningRate * scale;
            move(buffer => buffer.narrow(0, offset, length), down);
        }
    }
}
