using Byol.Data.Views;
using Byol.Training;
using CsCheck;

namespace Byol.Tests.Training;

public sealed class ResolutionScheduleTests
{
    private static readonly Gen<ResolutionSchedule> Schedules =
        from first in Gen.Int[8, 64] from more in Gen.Int[0, 64] from fullFrom in Gen.Double[0.05, 1]
        select new ResolutionSchedule(first, first + more, fullFrom);

    private static readonly Gen<(ResolutionSchedule Schedule, long Steps)> Runs = Gen.Select(Schedules, Gen.Long[1, 3000]);

    [Fact]
    public void Views_grow_in_steps_of_four_from_the_first_size_to_the_last() => Runs.Sample((schedule, steps) =>
    {
        var sizes = Enumerable.Range(0, (int)steps).Select(k => schedule.Size(k, steps)).ToList();
        if (steps > 100) Assert.Equal(schedule.First, sizes[0]);
        Assert.Equal(sizes.Order(), sizes);
        Assert.All(sizes, s => Assert.True(s == schedule.Full || (s >= schedule.First && (s - schedule.First) % 4 == 0)));
        var fullFrom = (int)Math.Ceiling(schedule.FullFrom * steps);
        Assert.All(sizes.Skip(fullFrom), s => Assert.Equal(schedule.Full, s));
        if (schedule.Full > schedule.First && fullFrom > 0) Assert.True(sizes[fullFrom - 1] < schedule.Full);
    });

    [Fact]
    public void Cost_is_the_sum_of_areas() => Gen.Select(Runs, Gen.Double[0, 1], Gen.Double[0, 1]).Sample((run, a, b) =>
    {
        var (from, to) = ((long)(Math.Min(a, b) * run.Steps), (long)(Math.Max(a, b) * run.Steps));
        var sum = 0.0;
        for (var k = from; k < to; k++) sum += Math.Pow((double)run.Schedule.Size(k, run.Steps) / run.Schedule.Full, 2);
        Assert.Equal(sum, run.Schedule.Cost(from, to, run.Steps), 1e-6);
    });

    [Fact]
    public void As_many_steps_are_reached_as_do_not_cost_more() =>
        Gen.Select(Schedules, Gen.Long[0, 2000], Gen.Double[0, 3000]).Sample((schedule, step, cost) =>
        {
            var reached = schedule.Reached(step, cost);
            Assert.True(reached >= step && schedule.Cost(step, reached, reached) <= cost);
            Assert.True(schedule.Cost(step, reached + 1, reached + 1) > cost);
        });

    [Fact]
    public void Nothing_is_reached_with_nothing() =>
        Schedules.Sample(schedule => schedule.Reached(70, -5) == 70 && schedule.Reached(70, 0) == 70);

    [Fact]
    public void Views_that_do_not_grow_cost_a_step_each() =>
        Assert.Equal((130, 60.0),
            (new ResolutionSchedule(32, 32, 0.8).Reached(70, 60.4), new ResolutionSchedule(32, 32, 0.8).Cost(70, 130, 200)));

    [Fact]
    public void Until_K_is_known_views_are_small() => Assert.Equal(20, new ResolutionSchedule(20, 32, 0.8).Size(5000, long.MaxValue));

    [Fact]
    public void The_first_size_cannot_be_above_the_last()
    {
        var recipe = new Recipe { Views = new ViewOptions { ImageSize = 32 }, Training = new TrainingOptions { InitialImageSize = 40 } };
        Assert.Contains("40 is larger than the full size, 32", Assert.Throws<ArgumentException>(recipe.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_blur_must_fit_the_first_views_where_there_are_smaller_ones()
    {
        var recipe = new Recipe { Views = new ViewOptions { ImageSize = 224, BlurKernel = 23 } };
        recipe.Validate();
        var grows = recipe with { Training = recipe.Training with { InitialImageSize = 8 } };
        Assert.Contains("does not fit images of 8 pixels",
            Assert.Throws<ArgumentException>(grows.Validate).Message, StringComparison.Ordinal);
    }
}
