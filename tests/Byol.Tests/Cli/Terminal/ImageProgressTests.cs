using Byol.Cli.Terminal;

namespace Byol.Tests.Cli.Terminal;

public sealed class ImageProgressTests : IDisposable
{
    private readonly StringWriter _said = new();
    private readonly Clock _clock = new();

    public void Dispose() => _said.Dispose();

    [Fact]
    public void Elsewhere_than_on_a_terminal_a_line_comes_every_ten_seconds_and_at_the_end()
    {
        var progress = new ImageProgress(_said, terminal: false, 0, _clock);
        for (var done = 0; done <= 25; done++)
        {
            progress.Report(done, 0, 25, done * 1_000_000L);
            _clock.Seconds++;
        }
        Assert.Equal(["10 of 25 images", "20 of 25 images", "25 of 25 images"], Lines().Select(l => l.Split("  ")[^3]));
        Assert.Equal("40 %  0:00:15 left  10 of 25 images  1.0 images/s  10.0 MB", Lines()[0]);
    }

    [Fact]
    public void On_a_terminal_one_line_is_written_over_and_over_and_fits()
    {
        var progress = new ImageProgress(_said, terminal: true, 60, _clock);
        for (var done = 0; done <= 1000; done++)
        {
            progress.Report(done, 0, 1000, done * 1_000_000_000L);
            _clock.Seconds += 30;
        }
        Assert.Single(Lines());
        var drawn = _said.ToString().Replace("\x1b[K", "", StringComparison.Ordinal).Split('\r');
        Assert.All(drawn, line => Assert.InRange(line.TrimEnd('\n').Length, 0, 59));
    }

    [Fact]
    public void What_an_earlier_run_did_is_said_and_does_not_count_for_the_speed()
    {
        var progress = new ImageProgress(_said, terminal: false, 0, _clock);
        progress.Report(1500, 1500, 2000, 5);
        _clock.Seconds = 10;
        progress.Report(1600, 1500, 2000, 6);
        Assert.Equal("Resuming: 1,500 of 2,000 images are packed.", Lines()[0]);
        Assert.Contains("80 %  0:00:40 left  1,600 of 2,000 images  10.0 images/s", Lines()[1]);
    }

    private string[] Lines() => _said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
