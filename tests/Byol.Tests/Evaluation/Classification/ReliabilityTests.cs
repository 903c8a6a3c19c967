using Byol.Evaluation.Classification;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation.Classification;

public sealed class ReliabilityTests
{
    [Theory]
    [InlineData(57)]
    [InlineData(530)]
    public void The_error_is_NumPys(int count)
    {
        using var scope = NewDisposeScope();
        var (probabilities, correct) = Draw(count, (p, u) => u < p * p, seed: 3);
        var answer = Oracle.Ask("classifier.py",
            [("probabilities", tensor(probabilities)), ("correct", tensor(correct.Select(c => c ? 1.0 : 0).ToArray()))], "calibration");
        Assert.Equal(answer["error"].data<double>()[0], Reliability.Of(probabilities, correct).Error, 1e-12);
    }

    [Fact]
    public void Probabilities_that_are_right_show_what_chance_would_in_the_mean()
    {
        var drawn = Enumerable.Range(0, 400).Select(seed =>
        {
            var (probabilities, correct) = Draw(300, (p, u) => u < p, seed);
            return Reliability.Of(probabilities, correct);
        }).ToList();
        var expected = drawn.Average(r => r.ByChance);
        Assert.Equal(expected, drawn.Average(r => r.Error), 0.05 * expected);
    }

    [Fact]
    public void Probabilities_that_are_ten_points_too_high_show_ten_points()
    {
        var (probabilities, correct) = Draw(100_000, (p, u) => u < p - 0.1, seed: 5);
        Assert.Equal(0.1, Reliability.Of(probabilities, correct).Error, 0.005);
    }

    [Fact]
    public void Bins_have_as_many_images_each_and_rise()
    {
        var (probabilities, correct) = Draw(103, (p, u) => u < p, seed: 6);
        var bins = Reliability.Of(probabilities, correct).Bins;
        Assert.Equal(10, bins.Count);
        Assert.Equal(103, bins.Sum(b => b.Images));
        Assert.All(bins, b => Assert.InRange(b.Images, 10, 11));
        Assert.Equal(bins.OrderBy(b => b.Probability), bins);
        Assert.Equal(3, Reliability.Of([0.5, 0.5, 0.5], [true, false, true]).Bins.Count);
    }

    private static (double[] Probabilities, bool[] Correct) Draw(int count, Func<double, double, bool> isCorrect, int seed)
    {
        var random = new Random(seed);
        double[] probabilities = [.. Enumerable.Range(0, count).Select(_ => 0.3 + 0.7 * random.NextDouble())];
        return (probabilities, [.. probabilities.Select(p => isCorrect(p, random.NextDouble()))]);
    }
}
