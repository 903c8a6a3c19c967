using Byol.Distributed;
using static TorchSharp.torch;

namespace Byol.Models.Normalization;

/// <summary>The statistics of a batch, by channel, and what follows from sums over its pixels. Few numbers: in fp64 until the last.</summary>
/// <param name="count">N, the pixels of all ranks.</param>
/// <param name="mean">μ, [C].</param>
/// <param name="inverseDeviation">1/σ, [C].</param>
/// <param name="scale">w/σ, [C].</param>
internal sealed unsafe class ChannelStatistics(long count, float[] mean, double[] inverseDeviation, float[] scale)
{
    /// <summary>μ, [C].</summary>
    public float[] Mean { get; } = mean;

    /// <summary>w/σ, [C].</summary>
    public float[] Scale { get; } = scale;

    /// <summary>The statistics of all ranks; moves the running ones.</summary>
    /// <param name="sums">Σ(x − p) and Σ(x − p)² of this rank, [2,C].</param>
    /// <param name="count">Its pixels.</param>
    /// <param name="pivot">p, [C].</param>
    /// <param name="norm">Weights and running statistics.</param>
    public static ChannelStatistics Of(double[] sums, long count, float[] pivot, NormState norm)
    {
        var channels = pivot.Length;
        for (var c = 0; c < channels; c++)      // now Σx and Σx²
        {
            var (first, second) = (sums[c], sums[channels + c]);
            sums[channels + c] = second + 2 * pivot[c] * first + count * (double)pivot[c] * pivot[c];
            sums[c] = first + count * (double)pivot[c];
        }
        norm.Ranks.Sum(sums.AsSpan());
        var all = count * norm.Ranks.Count;
        var (mean, scale, inverse) = (new float[channels], new float[channels], new double[channels]);
        var weight = PixelMemory.First<float>(norm.Weight);
        var runningMean = PixelMemory.First<float>(norm.RunningMean);
        var runningVariance = PixelMemory.First<float>(norm.RunningVariance);
        var (keep, take) = ((float)(1 - norm.Momentum), (float)norm.Momentum);
        for (var c = 0; c < channels; c++)
        {
            var average = sums[c] / all;
            var variance = Math.Max(0, sums[channels + c] / all - average * average);
            inverse[c] = 1 / Math.Sqrt(variance + norm.Epsilon);
            (mean[c], scale[c]) = ((float)average, (float)(weight[c] * inverse[c]));
            runningMean[c] = float.FusedMultiplyAdd(take, mean[c], runningMean[c] * keep);
            runningVariance[c] = float.FusedMultiplyAdd(take, (float)(variance * all / (all - 1)), runningVariance[c] * keep);
        }
        return new ChannelStatistics(all, mean, inverse, scale);
    }

    /// <summary>The gradients of weight and bias: those of the rank, as all are until they are added up.</summary>
    /// <param name="sums">Σg and Σg(x − μ), [2,C].</param>
    public (Tensor Weight, Tensor Bias) WeightGradients(double[] sums)
    {
        var channels = Mean.Length;
        var (weight, bias) = (empty(channels, ScalarType.Float32), empty(channels, ScalarType.Float32));
        var products = PixelMemory.First<float>(weight);
        var plain = PixelMemory.First<float>(bias);
        for (var c = 0; c < channels; c++) (plain[c], products[c]) = ((float)sums[c], (float)(sums[channels + c] * inverseDeviation[c]));
        return (weight, bias);
    }

    /// <summary>Σg/N and Σg(x − μ)/(Nσ²) of all ranks, [C] each.</summary>
    /// <param name="sums">Σg and Σg(x − μ) of this rank, [2,C].</param>
    /// <param name="ranks">Who has the others.</param>
    public (float[] Shift, float[] Slope) Correction(double[] sums, ICollective ranks)
    {
        ranks.Sum(sums.AsSpan());
        var channels = Mean.Length;
        var (shift, slope) = (new float[channels], new float[channels]);
        for (var c = 0; c < channels; c++)
        {
            shift[c] = (float)(sums[c] / count);
            slope[c] = (float)(sums[channels + c] * inverseDeviation[c] * inverseDeviation[c] / count);
        }
        return (shift, slope);
    }
}
