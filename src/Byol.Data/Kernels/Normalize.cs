namespace Byol.Data.Kernels;

/// <summary>Brings each channel to the mean and spread that the encoder expects.</summary>
/// <param name="mean">Three means, of values in [0,1].</param>
/// <param name="standardDeviation">Three standard deviations, above 0.</param>
public sealed class Normalize(double[] mean, double[] standardDeviation)
{
    private readonly float[] _mean = [.. mean.Select(m => (float)m)], _standardDeviation = [.. standardDeviation.Select(s => (float)s)];

    /// <summary>(x − mean) / standard deviation, in place.</summary>
    /// <param name="view">HWC, three channels.</param>
    public void Apply(Span<float> view)
    {
        for (var i = 0; i + 2 < view.Length; i += 3)
        {
            view[i] = (view[i] - _mean[0]) / _standardDeviation[0];
            view[i + 1] = (view[i + 1] - _mean[1]) / _standardDeviation[1];
            view[i + 2] = (view[i + 2] - _mean[2]) / _standardDeviation[2];
        }
    }
}
