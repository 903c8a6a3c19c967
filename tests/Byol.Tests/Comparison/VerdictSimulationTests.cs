using Byol.Comparison;

namespace Byol.Tests.Comparison;

/// <summary>How often the verdict is wrong, in made comparisons whose truth is known.</summary>
public sealed class VerdictSimulationTests
{
    private const int Fewer = 200;
    private const double SixPoints = 1.12;       // the signal at which an encoder is 6 points better, see the last test

    // The table of docs/COMPARE.md is of 1,000.
    private static readonly int Simulations =
        int.TryParse(Environment.GetEnvironmentVariable("BYOL_SIMULATIONS"), out var count) ? count : 200;

    // What so many simulations leave open of 5 %: two standard deviations; nothing of 1,000, which the table is held to.
    private static double Open => Simulations >= 1000 ? 0 : 2 * Math.Sqrt(0.05 * 0.95 * Simulations);

    [Theory]
    [InlineData(100, 30, false, 1)]
    [InlineData(300, 30, false, 1)]
    [InlineData(300, 20, false, 3)]
    [InlineData(300, 15, true, 2)]
    [InlineData(600, 30, true, 3)]
    public void Where_all_are_equal_no_more_than_5_percent_recommend_training(int images, int pool, bool unequal, int again)
    {
        var made = new MadeComparison(images, pool, unequal, again);
        var wrong = Count(Simulations, seed => made.Draw(seed, ("frozen", false, 1), ("scratch", true, 1), ("continued", true, 1)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{wrong} of {Simulations}");
        Assert.InRange(wrong, 0, (int)(0.05 * Simulations + Open));
    }

    // One trained option and one that is not: nothing but the paired test.
    [Theory]
    [InlineData(100, 30, false, 1)]
    [InlineData(300, 30, false, 1)]
    [InlineData(300, 15, true, 2)]
    public void The_test_alone_is_wrong_as_often_as_it_says(int images, int pool, bool unequal, int again)
    {
        var made = new MadeComparison(images, pool, unequal, again);
        var wrong = Count(Simulations, seed => made.Draw(seed, ("frozen", false, 1), ("continued", true, 1)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{wrong} of {Simulations}");
        Assert.InRange(wrong, 0.02 * Simulations - Open / 2, 0.06 * Simulations + Open);
    }

    [Theory]
    [InlineData(100, 0.4)]
    [InlineData(300, 0.8)]
    [InlineData(600, 0.8)]
    public void Six_points_are_found_where_there_are_images_enough(int images, double share)
    {
        var made = new MadeComparison(images, 30, IsUnequal: false, MostAgain: 1);
        var found = Count(Fewer, seed => made.Draw(seed, ("frozen", false, 1), ("continued", true, SixPoints)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{found} of {Fewer}");
        Assert.InRange(found, share * Fewer, Fewer);
    }

    // As often as a test would that knew the standard error of the difference: fewer images cannot show more, whatever test is made.
    [Theory]
    [InlineData(100)]
    [InlineData(300)]
    [Nightly]
    public void Six_points_are_found_nearly_as_often_as_can_be(int images)
    {
        var made = new MadeComparison(images, 30, IsUnequal: false, MostAgain: 1);
        var tests = Enumerable.Range(0, Fewer).AsParallel().Select(seed =>
        {
            var (options, tested) = made.Draw(seed, ("frozen", false, 1), ("continued", true, SixPoints));
            return Verdict.Compare(options[1], options[0], options[0].Amounts, tested);
        }).ToList();
        var mean = tests.Average(t => t.Difference);
        var error = Math.Sqrt(tests.Average(t => (t.Difference - mean) * (t.Difference - mean)));
        var ideal = 1 - StudentT.Tail(mean / error - 1.645, 1e6);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{tests.Count(t => t.P < 0.05)} of {Fewer}; a test that knows the standard error, {100 * error:F1} points (estimated as "
            + $"{100 * Math.Sqrt(tests.Average(t => t.StandardError * t.StandardError)):F1}): {Fewer * ideal:F0}");
        Assert.InRange(tests.Count(t => t.P < 0.05), (ideal - 0.08) * Fewer, Fewer);
    }

    [Fact]
    public void The_worse_is_never_recommended()
    {
        var made = new MadeComparison(200, 30, IsUnequal: false, MostAgain: 2);
        Assert.Equal(0, Count(Simulations, seed => made.Draw(seed, ("frozen", false, SixPoints), ("scratch", true, 1), ("continued", true, 1))));
    }

    // That the simulations are of what they say: many images, averaged over many comparisons.
    [Fact]
    public void The_signal_is_worth_six_points()
    {
        var made = new MadeComparison(2000, 30, IsUnequal: false, MostAgain: 1);
        var difference = Enumerable.Range(0, 40).AsParallel().Average(seed =>
        {
            var (options, images) = made.Draw(1_000_000 + seed, ("frozen", false, 1), ("continued", true, SixPoints));
            return Verdict.Compare(options[1], options[0], options[0].Amounts, images).Difference;
        });
        Assert.Equal(0.06, difference, 0.003);
    }

    private static int Count(int simulations, Func<int, (IReadOnlyList<OptionScores> Options, TestedImages Images)> draw) =>
        Enumerable.Range(0, simulations).AsParallel().Count(seed =>
        {
            var (options, images) = draw(seed);
            return Verdict.Of(options, images).IsTrained;
        });
}
