using Byol.Evaluation.Classification;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation.Classification;

public sealed class TemperatureTests
{
    [Theory]
    [InlineData(0.25)]
    [InlineData(1)]
    [InlineData(3)]
    public void It_finds_the_scale_that_logits_were_given(double scale)
    {
        var (logits, labels) = MadeLogits.Draw(20_000, 5, scale, seed: 1);
        Assert.Equal(scale, Temperature.Fit(logits, labels, new double[5]), 0.03 * scale);
    }

    [Theory]
    [InlineData(60, 2, 2.0, 0)]
    [InlineData(500, 6, 0.5, 0)]
    [InlineData(300, 100, 4.0, 0)]
    [InlineData(500, 6, 0.5, 0.7)]
    public void It_is_SciPys(int count, int classes, double scale, double more)
    {
        using var scope = NewDisposeScope();
        var (logits, labels) = MadeLogits.Draw(count, classes, scale, seed: 2);
        double[] shift = [.. Enumerable.Range(0, classes).Select(c => more * c)];
        var answer = Oracle.Ask("classifier.py",
            [("logits", tensor(logits).reshape(count, classes)), ("labels", tensor(labels.Select(l => (long)l).ToArray())),
                ("shift", tensor(shift))], "temperature");
        var expected = answer["temperature"].data<double>()[0];
        Assert.Equal(expected, Temperature.Fit(logits, labels, shift), 1e-5 * expected);
    }

    // What the balanced fit of a right model gives: logits that lack the frequencies, here also too large by half.
    [Theory]
    [InlineData(1)]
    [InlineData(0.6)]
    public void With_the_share_of_the_frequencies_that_is_missing_it_is_SciPys(double missing)
    {
        using var scope = NewDisposeScope();
        double[] frequencies = [1.5, 0.5, -0.2, -1.8];
        var (logits, labels) = MadeLogits.Draw(4000, 4, 1, seed: 4, shift: [.. frequencies.Select(f => missing * f)]);
        for (var i = 0; i < logits.Length; i++) logits[i] *= 1.5f;
        var answer = Oracle.Ask("classifier.py",
            [("logits", tensor(logits).reshape(-1, 4)), ("labels", tensor(labels.Select(l => (long)l).ToArray())),
                ("frequencies", tensor(frequencies))], "calibrated");
        var (share, loss) = (answer["share"].data<double>()[0], answer["loss"].data<double>()[0]);
        Assert.Equal(missing, share, 0.15);
        var found = Calibration.Fit(logits, labels, frequencies);
        Assert.Equal(share, found.Shift[0] / frequencies[0], 0.051);                        // tenths
        Assert.Equal(loss, Temperature.Loss(logits, labels, found), 1e-3);
    }

    [Fact]
    public void Images_that_are_all_classified_correctly_do_not_make_certain()
    {
        // Two classes, all on the right side of the line: without smoothing T would be 0.
        int[] labels = [.. Enumerable.Range(0, 20).Select(i => i % 2)];
        float[] logits = [.. labels.SelectMany(l => l == 0 ? new float[] { 3, 0 } : [0, 3])];
        var p = new double[2];
        new Calibration(Temperature.Fit(logits, labels, new double[2]), [0, 0]).Probabilities([3, 0], p);
        Assert.Equal(1 - 1.0 / 21 / 2, p[0], 1e-6);
    }

    [Fact]
    public void Logits_that_say_nothing_or_the_opposite_end_within_bounds()
    {
        Assert.Equal(1, Temperature.Fit([], [], new double[3]));
        Assert.Equal(1, Temperature.Fit([2, 2, 2, 2], [0, 1], new double[2]));
        Assert.InRange(Temperature.Fit([5, 0, 0, 5], [1, 0], new double[2]), 100, 1001);
    }
}
