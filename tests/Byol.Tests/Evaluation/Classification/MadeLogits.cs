using Byol.Evaluation.Classification;

namespace Byol.Tests.Evaluation.Classification;

/// <summary>Made-up logits of which it is known how probable each class is, and labels drawn accordingly.</summary>
internal static class MadeLogits
{
    /// <summary>Draws.</summary>
    /// <param name="count">n.</param>
    /// <param name="classes">C.</param>
    /// <param name="scale">What true logits are multiplied by in those that are given back: the temperature that undoes it.</param>
    /// <param name="seed">Tells draws apart.</param>
    /// <param name="shift">What true logits have beside those that are given back, [C].</param>
    public static (float[] Logits, int[] Labels) Draw(int count, int classes, double scale, int seed, double[]? shift = null)
    {
        var random = new Random(seed);
        var (logits, labels) = (new float[count * classes], new int[count]);
        var probabilities = new double[classes];
        for (var i = 0; i < count; i++)
        {
            var row = logits.AsSpan(i * classes, classes);
            foreach (ref var z in row) z = (float)(2 * Normal(random));
            new Calibration(1, shift ?? new double[classes]).Probabilities(row, probabilities);
            var (at, left) = (0, random.NextDouble());
            while (at < classes - 1 && (left -= probabilities[at]) > 0) at++;
            labels[i] = at;
            foreach (ref var z in row) z *= (float)scale;
        }
        return (logits, labels);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
