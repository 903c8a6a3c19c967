using System.Text.RegularExpressions;
using Byol.Cli.Terminal;
using Byol.Runs;

namespace Byol.Tests.Cli.Terminal;

public sealed partial class ConsoleProgressTests
{
    private static readonly PlanRecord Plan = new(0, 64, 1_000_000, 4, 1000, "Float32");

    // Whatever the clock says, the time that is left is a time.
    [Theory]
    [InlineData(-1e9, "0:00 left")]
    [InlineData(0, "0:00 left")]
    [InlineData(1, "27:46:39 left")]
    [InlineData(3e9, "277777:46:40 left")]
    [InlineData(1e300, "277777:46:40 left")]
    [InlineData(double.MaxValue, "277777:46:40 left")]
    public void The_time_left_is_neither_negative_nor_too_long_to_say(double seconds, string expected)
    {
        using var output = new StringWriter();
        var progress = new ConsoleProgress(output, terminal: true, 300, TimeProvider.System);
        progress.Receive(Plan);
        progress.Receive(Step(10, seconds));
        Assert.Matches(expected, output.ToString());
        Assert.DoesNotMatch(@"-\d+:\d\d", Bar().Replace(output.ToString(), ""));
    }

    [Fact]
    public void Where_nothing_can_be_written_it_falls_silent()
    {
        using var output = new Broken();
        var progress = new ConsoleProgress(output, terminal: false, 0, TimeProvider.System);
        progress.Receive(Plan);
        progress.Receive(Step(1_000_000, 1));
        progress.Receive(new WarningRecord(0, "something"));
        progress.Ended();
        Assert.Equal(1, output.Attempts);
    }

    private static StepRecord Step(long step, double seconds) => new(step, step / 4.0, 1, 0.1, 0.99, 1, 100, 0, seconds);

    [GeneratedRegex("[━─]+")]
    private static partial Regex Bar();

    private sealed class Broken : StringWriter
    {
        public int Attempts { get; private set; }

        public override void Write(string? value)
        {
            Attempts++;
            throw new IOException("No space left on device");
        }
    }
}
