namespace Byol.Evaluation.Classification;

/// <summary>Logits as probabilities, row by row, without tensors: rows are as short as there are classes.</summary>
internal static class Softmax
{
    /// <summary>exp(βz)/Σ exp(βz).</summary>
    /// <param name="logits">z, [C].</param>
    /// <param name="inverseTemperature">β.</param>
    /// <param name="probabilities">[C], written.</param>
    public static void Of(ReadOnlySpan<float> logits, double inverseTemperature, Span<double> probabilities)
    {
        var largest = (double)logits[Largest(logits)];
        var sum = 0.0;
        for (var c = 0; c < logits.Length; c++) sum += probabilities[c] = Math.Exp(inverseTemperature * (logits[c] - largest));
        for (var c = 0; c < logits.Length; c++) probabilities[c] /= sum;
    }

    /// <summary>The class of the highest logit, the first of equal ones.</summary>
    /// <param name="logits">[C].</param>
    public static int Largest(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var c = 1; c < logits.Length; c++)
        {
            if (logits[c] > logits[best]) best = c;
        }
        return best;
    }
}
