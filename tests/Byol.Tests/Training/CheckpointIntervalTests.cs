using Byol.Training;

namespace Byol.Tests.Training;

public sealed class CheckpointIntervalTests
{
    [Theory]
    [InlineData("200 steps", "200 steps")]
    [InlineData("1 step", "1 step")]
    [InlineData("1 epoch", "1 epoch")]
    [InlineData("3epochs", "3 epochs")]
    [InlineData("10m", "10 minutes")]
    [InlineData(" 10 min ", "10 minutes")]
    [InlineData("90 s", "90 seconds")]
    [InlineData("1 Second", "1 second")]
    [InlineData("2h", "2 hours")]
    [InlineData("1 HOUR", "1 hour")]
    public void An_interval_is_read_and_written(string text, string written)
    {
        Assert.True(CheckpointInterval.TryParse(text, out var interval));
        Assert.Equal(written, interval.ToString());
        Assert.True(CheckpointInterval.TryParse(written, out var again));
        Assert.Equal(interval, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("steps")]
    [InlineData("0 steps")]
    [InlineData("-5 steps")]
    [InlineData("1.5h")]
    [InlineData("10 fortnights")]
    [InlineData("10 m s")]
    [InlineData("99999999999 steps")]
    [InlineData("2000000000 steps")]
    public void Other_texts_are_no_interval(string text) => Assert.False(CheckpointInterval.TryParse(text, out _));

    [Theory]
    [InlineData("3 steps", 6, 0, true)]
    [InlineData("3 steps", 7, 9999, false)]
    [InlineData("2 epochs", 20, 0, true)]
    [InlineData("2 epochs", 10, 9999, false)]
    [InlineData("10m", 7, 600, true)]
    [InlineData("10m", 7, 599, false)]
    [InlineData("1h", 7, 3599, false)]
    [InlineData("5 s", 7, 5, true)]
    [InlineData("1h", 7, -1, true)]
    public void It_is_time_by_steps_epochs_or_the_clock(string text, long step, double seconds, bool due)
    {
        Assert.True(CheckpointInterval.TryParse(text, out var interval));
        Assert.Equal(due, interval.IsDue(step, stepsPerEpoch: 10, TimeSpan.FromSeconds(seconds)));
    }
}
