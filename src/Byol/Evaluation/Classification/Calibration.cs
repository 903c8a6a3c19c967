namespace Byol.Evaluation.Classification;

/// <summary>What makes probabilities of a classifier's logits: softmax(z/T + b). The label is that of the highest logit for any b.
/// </summary>
/// <remarks>Where classes count the same in a fit, however many images they have, its logits are those of a world in which all are as
/// frequent, which no temperature can undo. b brings their real frequencies back (Saerens et al. 2002): a times the logarithm of each
/// class's share of the labeled images. a would be 1 for the fit of a right model; the penalty leaves less to bring back, so a is fitted
/// with T, in tenths.</remarks>
/// <param name="Temperature">T.</param>
/// <param name="Shift">b, [C].</param>
internal sealed record Calibration(double Temperature, IReadOnlyList<double> Shift)
{
    private const int Steps = 10;

    /// <summary>Logits as they are.</summary>
    /// <param name="classes">C.</param>
    public static Calibration None(int classes) => new(1, new double[classes]);

    /// <summary>How frequent classes are beyond what a fit takes them for.</summary>
    /// <param name="labels">Class indices of the images that it learned from.</param>
    /// <param name="classes">C.</param>
    /// <param name="balanced">Whether classes counted the same; otherwise it knows.</param>
    /// <returns>Logarithms, [C], with the mean 0; of a class without an image as of one with half an image.</returns>
    public static double[] Frequencies(IReadOnlyCollection<int> labels, int classes, bool balanced)
    {
        if (!balanced) return new double[classes];
        var counts = labels.CountBy(l => l).ToDictionary();
        double[] logarithms = [.. Enumerable.Range(0, classes).Select(c => Math.Log(Math.Max(0.5, counts.GetValueOrDefault(c))))];
        var mean = logarithms.Average();
        return [.. logarithms.Select(l => l - mean)];
    }

    /// <summary>Fits T and a to the highest likelihood on images that the classifier did not learn from.</summary>
    /// <param name="logits">z, [n,C] row by row.</param>
    /// <param name="labels">n class indices.</param>
    /// <param name="frequencies">Of the classes, see <see cref="Frequencies"/>.</param>
    public static Calibration Fit(float[] logits, IReadOnlyList<int> labels, double[] frequencies)
    {
        var steps = frequencies.All(f => f == 0) ? 0 : Steps;
        return Enumerable.Range(0, steps + 1).Select(step =>
        {
            double[] shift = [.. frequencies.Select(f => f * step / Steps)];
            return new Calibration(Classification.Temperature.Fit(logits, labels, shift), shift);
        }).MinBy(c => Classification.Temperature.Loss(logits, labels, c))!;
    }

    /// <summary>The probabilities of a row of logits.</summary>
    /// <param name="logits">z, [C].</param>
    /// <param name="probabilities">[C], written.</param>
    public void Probabilities(ReadOnlySpan<float> logits, Span<double> probabilities)
    {
        for (var c = 0; c < logits.Length; c++) probabilities[c] = logits[c] / Temperature + Shift[c];
        Softmax.InPlace(probabilities);
    }
}
