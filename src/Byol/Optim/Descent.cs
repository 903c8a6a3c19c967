using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Optim;

/// <summary>The last line of every rule: w ← w − lr·u, with the predictor at a rate of its own.</summary>
internal static class Descent
{
    /// <summary>Calls back for each part of the buffer that moves at one rate: f and g, then q.
    /// One part where the rates are equal.</summary>
    /// <param name="parameters">What is moved; q comes last in it.</param>
    /// <param name="options">How many times faster q moves.</param>
    /// <param name="learningRate">Of f and g.</param>
    /// <param name="move">Is given the part's window on a buffer laid out like the parameters, and minus its rate.</param>
    public static void Along(
        FlatParameters parameters, OptimizerOptions options, double learningRate, Action<Func<Tensor, Tensor>, Scalar> move)
    {
        var length = parameters.Values.numel();
        var split = options.PredictorLearningRateScale == 1 ? length : parameters.Slices.FirstOrDefault(s => s.IsPredictor)?.Offset ?? length;
        Part(0, split, learningRate);
        if (split < length) Part(split, length - split, learningRate * options.PredictorLearningRateScale);

        void Part(long offset, long count, double rate)
        {
            using Scalar down = -rate;
            move(buffer => buffer.narrow(0, offset, count), down);
        }
    }
}
