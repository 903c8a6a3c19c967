namespace Byol.Evaluation.Classification;

/// <summary>Temperature scaling (Guo et al. 2017, section 4.2): one number T by which all logits are divided, so that probabilities say how
/// often they are right.</summary>
internal static class Temperature
{
    private const double Least = 1e-3, Most = 1e3, Precision = 1e-10;
    private const int MostSteps = 200;

    /// <summary>The T of the highest likelihood, fitted on logits of images that the classifier did not learn from.</summary>
    /// <remarks>
    /// One image in n + 1 is taken to be of any class (labels are smoothed by ε = 1/(n + 1), as Platt 1999 smooths them): where a
    /// few held-out images are all classified correctly, T would otherwise be 0 and every probability 1. In β = 1/T the loss is
    /// convex: its slope is followed by Newton's method, kept between bounds that close in.
    /// </remarks>
    /// <param name="logits">z, [n,C] row by row.</param>
    /// <param name="labels">n class indices.</param>
    /// <param name="shift">b, [C]: what is added to z/T.</param>
    /// <returns>T, above 0; 1 if there is nothing to fit on.</returns>
    public static double Fit(ReadOnlySpan<float> logits, IReadOnlyList<int> labels, double[] shift)
    {
        if (labels.Count == 0) return 1;
        var (low, high, beta) = (Least, Most, 1.0);
        for (var step = 0; step < MostSteps && high - low > Precision * low; step++)
        {
            var (slope, curvature) = Derivatives(logits, labels, shift, beta);
            if (slope == 0) break;
            if (slope > 0) high = beta;
            else low = beta;
            var next = beta - slope / curvature;
            var last = beta;
            beta = next > low && next < high ? next : Math.Sqrt(low * high);
            if (Math.Abs(beta - last) <= Precision * last) break;
        }
        return 1 / beta;
    }

    /// <summary>The mean smoothed cross-entropy, which <see cref="Fit"/> makes small.</summary>
    /// <param name="logits">z, [n,C] row by row.</param>
    /// <param name="labels">n class indices.</param>
    /// <param name="calibration">T and b.</param>
    public static double Loss(ReadOnlySpan<float> logits, IReadOnlyList<int> labels, Calibration calibration)
    {
        var (classes, sum, p) = (calibration.Shift.Count, 0.0, new double[calibration.Shift.Count]);
        var smoothing = 1.0 / (labels.Count + 1);
        for (var i = 0; i < labels.Count; i++)
        {
            calibration.Probabilities(logits.Slice(i * classes, classes), p);
            for (var c = 0; c < classes; c++)
                sum -= ((c == labels[i] ? 1 - smoothing : 0) + smoothing / classes) * Math.Log(Math.Max(p[c], double.Epsilon));
        }
        return labels.Count == 0 ? 0 : sum / labels.Count;
    }

    // Of the mean smoothed cross-entropy with regard to β: E_p[z] − E_target[z], and the variance of z under p.
    private static (double Slope, double Curvature) Derivatives(
        ReadOnlySpan<float> logits, IReadOnlyList<int> labels, double[] shift, double beta)
    {
        var classes = shift.Length;
        Span<double> p = classes <= 256 ? stackalloc double[classes] : new double[classes];
        var smoothing = 1.0 / (labels.Count + 1);
        var (slope, curvature) = (0.0, 0.0);
        for (var i = 0; i < labels.Count; i++)
        {
            var z = logits.Slice(i * classes, classes);
            var largest = double.NegativeInfinity;          // relative to it, equal logits are exactly 0
            foreach (var logit in z) largest = Math.Max(largest, logit);
            for (var c = 0; c < classes; c++) p[c] = beta * (z[c] - largest) + shift[c];
            Softmax.InPlace(p);
            var (mean, square, plain) = (0.0, 0.0, 0.0);
            for (var c = 0; c < classes; c++)
            {
                mean += p[c] * (z[c] - largest);
                plain += z[c] - largest;
            }
            for (var c = 0; c < classes; c++) square += p[c] * (z[c] - largest - mean) * (z[c] - largest - mean);
            slope += mean - (1 - smoothing) * (z[labels[i]] - largest) - smoothing * plain / classes;
            curvature += square;
        }
        return (slope, curvature);
    }
}
