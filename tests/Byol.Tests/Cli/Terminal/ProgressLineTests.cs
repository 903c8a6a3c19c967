using System.Text.RegularExpressions;
using Byol.Cli.Terminal;
using Byol.Runs;

namespace Byol.Tests.Cli.Terminal;

[Collection(CommandLine.Name)]     // colors follow the environment
public sealed partial class ProgressLineTests
{
    private static readonly StepRecord Late = new(1_234_567, 1234.6, 1.234, 0.123456, 0.9987, 0.95, 12_345, 0.125, 36_000);

    public static TheoryData<int> Widths => [.. Enumerable.Range(60, 141)];

    [Theory]
    [MemberData(nameof(Widths))]
    public void At_every_width_the_line_fits_and_no_figure_is_cut(int width)
    {
        var line = Drawn(width, Late);
        Assert.InRange(line.Length, 30, width - 1);
        Assert.Matches("^[━─]*", line);
        var figures = line[line.IndexOf('%', StringComparison.Ordinal)..].Split("  ")[1..];
        string[] whole =
        [
            "18:06:09 left", "epoch 1234.6/5000", "step 1234567", "loss 1.234", "12345 images/s", "wait 12 %", "z' std 0.95", "τ 0.9987",
            "lr 0.123",
        ];
        Assert.All(figures, f => Assert.Contains(f, whole.Select(w => w.Replace("18:06:09", f.Split(' ')[0], StringComparison.Ordinal))));
        Assert.Contains(figures, f => f.EndsWith(" left", StringComparison.Ordinal));
        Assert.Contains("loss 1.234", figures);
        if (width >= 160) Assert.Equal(9, figures.Length);
        Assert.True(figures.Length == 9 || !figures.Contains("τ 0.9987"));
    }

    [Fact]
    public void A_wider_line_never_says_less() =>
        Assert.Equal(Widths.Select(w => Drawn(w, Late).Split("  ").Length).Order(), Widths.Select(w => Drawn(w, Late).Split("  ").Length));

    [Theory]
    [InlineData(null, "xterm", true, true)]
    [InlineData("", "xterm", true, true)]
    [InlineData("1", "xterm", true, false)]
    [InlineData(null, "dumb", true, false)]
    [InlineData(null, "xterm", false, false)]
    public void Colors_are_there_where_they_are_wanted(string? none, string term, bool terminal, bool expected)
    {
        using var environment = new EnvironmentVariable("NO_COLOR", none);
        using var named = new EnvironmentVariable("TERM", term);
        Assert.Equal(expected, ProgressLine.HasColors(terminal));
        var line = ProgressLine.Fit(80, 0.5, ProgressLine.HasColors(terminal), new ProgressFigure("x", 1));
        Assert.Equal(expected, line.Contains('\x1b', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(7)]
    public void Whatever_share_is_said_there_is_a_bar(double share) =>
        Assert.Matches(@"^[━─]{30} *(0|100) %  x$", ProgressLine.Fit(100, share, false, new ProgressFigure("x", 1)));

    [Fact]
    public void Between_two_records_the_bar_moves_with_the_clock_and_not_beyond_the_next()
    {
        using var output = new StringWriter();
        var clock = new Clock();
        var progress = new ConsoleProgress(output, terminal: true, 200, clock);
        progress.Receive(new PlanRecord(0, 100, 100, 10, 1000, "Float32"));
        progress.Tick();                                             // nothing to move yet
        progress.Receive(Step(10, 10));
        progress.Receive(Step(20, 20));
        var steps = new List<string>();
        for (var second = 0; second < 15; second++)
        {
            clock.Seconds++;
            progress.Tick();
            steps.Add(StepFigure().Matches(output.ToString())[^1].Groups[1].Value);
        }
        Assert.Equal([.. Enumerable.Range(21, 10).Select(s => $"{s}"), "30", "30", "30", "30", "30"], steps);
        Assert.Contains("1:05 left", output.ToString());
        progress.Ended();
        var length = output.ToString().Length;
        progress.Tick();
        Assert.Equal(length, output.ToString().Length);
    }

    private static StepRecord Step(long step, double seconds) => new(step, step / 10.0, 1, 0.1, 0.99, 1, 100, 0, seconds);

    private static string Drawn(int width, StepRecord record)
    {
        using var plain = new EnvironmentVariable("NO_COLOR", "1");
        using var output = new StringWriter();
        var progress = new ConsoleProgress(output, terminal: true, width, TimeProvider.System);
        progress.Receive(new PlanRecord(0, 1_000_000, 5_000_000, 1000, 1000, "Float32"));
        progress.Receive(record);
        return output.ToString().Split('\r')[^1].Replace("\x1b[K", "", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"step (\d+)")]
    private static partial Regex StepFigure();

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
