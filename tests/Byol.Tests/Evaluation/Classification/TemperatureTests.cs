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
        Assert.Equal(scale, Temperature.Fit(logits, labels, 5), 0.03 * scale);
    }

    [Theory]
    [InlineData(60, 2, 2.0)]
    [InlineData(500, 6, 0.5)]
    [InlineData(300, 100, 4.0)]
    public void It_is_SciPys(int count, int classes, double scale)
    {
        using var scope = NewDisposeScope();
        var (logits, labels) = MadeLogits.Draw(count, classes, scale, seed: 2);
        var answer = Oracle.Ask("classifier.py",
            [("logits", tensor(logits).reshape(count, classes)), ("labels", tensor(labels.Select(l => (long)l).ToArray()))], "temperature");
        var expected = answer["temperature"].data<double>()[0];
        Assert.Equal(expected, Temperature.Fit(logits, labels, classes), 1e-5 * expected);
    }

    [Fact]
    public void Images_that_are_all_classified_correctly_do_not_make_certain()
    {
        // Two classes, all on the right side of the line: without smoothing T would be 0.
        int[] labels = [.. Enumerable.Range(0, 20).Select(i => i % 2)];
        float[] logits = [.. labels.SelectMany(l => l == 0 ? new float[] { 3, 0 } : [0, 3])];
        var p = new double[2];
        Softmax.Of([3, 0], 1 / Temperature.Fit(logits, labels, 2), p);
        Assert.Equal(1 - 1.0 / 21 / 2, p[0], 1e-6);
    }

    [Fact]
    public void Logits_that_say_nothing_or_the_opposite_end_within_bounds()
    {
        Assert.Equal(1, Temperature.Fit([], [], 3));
        Assert.Equal(1, Temperature.Fit([2, 2, 2, 2], [0, 1], 2));
        Assert.InRange(Temperature.Fit([5, 0, 0, 5], [1, 0], 2), 100, 1001);
    }
}
