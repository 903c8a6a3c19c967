using System.Numerics;

namespace Byol.Evaluation.Classification;

/// <summary>Logits as probabilities, row by row, without tensors: rows are as short as there are classes.</summary>
internal static class Softmax
{
    /// <summary>exp(z)/Σ exp(z), in place.</summary>
    /// <param name="values">z, [C].</param>
    public static void InPlace(Span<double> values)
    {
        var (largest, sum) = (values[Largest<double>(values)], 0.0);
        foreach (ref var value in values) sum += value = Math.Exp(value - largest);
        foreach (ref var value in values) value /= sum;
    }

    /// <summary>The class of the highest value, the first of equal ones.</summary>
    /// <param name="values">[C].</param>
    public static int Largest<T>(ReadOnlySpan<T> values) where T : IComparisonOperators<T, T, bool>
    {
        var best = 0;
        for (var c = 1; c < values.Length; c++)
        {
            if (values[c] > values[best]) best = c;
        }
        return best;
    }
}
