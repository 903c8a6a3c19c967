namespace Byol.Data.Kernels;

/// <summary>Brings each channel to the mean and spread that the encoder expects.</summary>
/// <param name="mean">Three means, of values in [0,1].</param>
/// <param name="standardDeviation">Three standard deviations, above 0.</param>
internal sealed class Normalize(double[] mean, double[] standardDeviation)
{
    private readonly float[] _mean = [.. mean.Select(m => (float)m)], _standardDeviation = [.. standardDeviation.Select(s => (float)s)];
    private readonly float[] _scale = Repeat(c => 1 / standardDeviation[c]), _offset = Repeat(c => -mean[c] / standardDeviation[c]);

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

    // x·(1/s) − m/s, with the three numbers of the channels repeated as the channels are.
    internal void Apply<T>(Span<float> view) where T : struct, ILane<T>
    {
        var (scaleA, scaleB, scaleC) = Load<T>(_scale);
        var (offsetA, offsetB, offsetC) = Load<T>(_offset);
        var i = 0;
        for (; i <= view.Length - 3 * T.Count; i += 3 * T.Count)
        {
            T.MultiplyAdd(T.Load(in view[i]), scaleA, offsetA).Store(ref view[i]);
            T.MultiplyAdd(T.Load(in view[i + T.Count]), scaleB, offsetB).Store(ref view[i + T.Count]);
            T.MultiplyAdd(T.Load(in view[i + 2 * T.Count]), scaleC, offsetC).Store(ref view[i + 2 * T.Count]);
        }
        for (; i < view.Length; i++) view[i] = float.MultiplyAddEstimate(view[i], _scale[i % 3], _offset[i % 3]);
    }

    private static float[] Repeat(Func<int, double> channel) =>
        [.. Enumerable.Range(0, 3 * Lane512.Count).Select(i => (float)channel(i % 3))];

    private static (T, T, T) Load<T>(float[] pattern) where T : struct, ILane<T> =>
        (T.Load(in pattern[0]), T.Load(in pattern[T.Count]), T.Load(in pattern[2 * T.Count]));
}
