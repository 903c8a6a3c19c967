using System.Text;
using Byol.Runs;

namespace Byol.Tests.Runs;

/// <summary>Curves are read from a log as it grows, and whatever stands in it.</summary>
public sealed class RunFiguresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Log => _folder["metrics.jsonl"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_what_is_new_is_read()
    {
        var lines = new List<string>();
        var tail = new LogTail(Log);
        Read();
        Assert.Empty(lines);
        File.WriteAllText(Log, "one\ntw");
        Read();
        Assert.Equal(["one"], lines);
        File.AppendAllText(Log, "o\nthree\n");
        Read();
        Assert.Equal(["one", "two", "three"], lines);
        Read();
        Assert.Equal(3, lines.Count);

        void Read() => tail.Read(lines.Clear, line => lines.Add(Encoding.UTF8.GetString(line)));
    }

    public static TheoryData<string> Replacements => ["", "another\n", "one\nTWO\nthree\nfour\nfive\n", "one\ntwo\nthree and more\nfour\n"];

    [Theory]
    [MemberData(nameof(Replacements))]
    public void A_log_that_became_another_is_read_from_its_beginning(string now)
    {
        var lines = new List<string>();
        var tail = new LogTail(Log);
        File.WriteAllText(Log, "one\ntwo\nthree\n");
        Read();
        File.WriteAllText(Log, now);
        Read();
        Assert.Equal(now.Split('\n')[..^1], lines);
        File.Delete(Log);
        Read();
        Assert.Empty(lines);

        void Read() => tail.Read(lines.Clear, line => lines.Add(Encoding.UTF8.GetString(line)));
    }

    [Fact]
    public void A_line_without_end_is_passed_over()
    {
        var lines = new List<string>();
        var tail = new LogTail(Log);
        File.WriteAllText(Log, "first\n" + new string('x', 3 * LogTail.LongestLine));
        Read();
        File.AppendAllText(Log, "still the same\nlast\n");
        Read();
        Assert.Equal(["first", "last"], lines);

        void Read() => tail.Read(lines.Clear, line => lines.Add(Encoding.UTF8.GetString(line)));
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        File.WriteAllText(_folder["elsewhere"], "secret\n");
        File.CreateSymbolicLink(Log, _folder["elsewhere"]);
        new LogTail(Log).Read(() => { }, _ => Assert.Fail("it was read"));
        File.WriteAllText(_folder["other"], "[a]\nsecret = 1\n");
        File.CreateSymbolicLink(_folder["recipe.toml"], _folder["other"]);
        Assert.Empty(RunSettings.Read(_folder["recipe.toml"]));
        Assert.Equal([("a.secret", "1")], RunSettings.Read(_folder["other"]));
    }

    [Fact]
    public void Every_figure_of_every_record_has_its_curve()
    {
        using (var log = new RunLog(Log, 0))
        {
            log.Receive(new StepRecord(10, 0.5, 1.5, 0.1, 0.99, 0.8, 100, 0.25, 3));
            log.Receive(new KnnRecord(10, 0.5, 0.6, 4) { Neighbors = 5, Probe = 0.7, Linear = 0.65 });
            log.Receive(new DiagnosisRecord(10, 0.5, 20, 0.9, 0.4, -3, 5));
            log.Receive(new LengthRecord(10, 400, 12.5));
            log.Receive(new AlarmRecord(10, "why"));
            log.Receive(new UnreadableRecord(10, "a.png", 7, 1));
            log.Receive(new NonFiniteRecord(11, "the loss", 1, 0, [3], ["b.png"]));
            log.Receive(new RewindRecord(10, 11, "the loss", 1));
            log.Receive(new ShortfallRecord(10, "few images"));
        }
        var figures = Figures();
        (RunFigure Figure, double Value)[] expected =
        [
            (RunFigure.Loss, 1.5), (RunFigure.LearningRate, 0.1), (RunFigure.Tau, 0.99), (RunFigure.EmbeddingStd, 0.8),
            (RunFigure.ImagesPerSecond, 100), (RunFigure.DataWait, 0.25), (RunFigure.Knn, 0.6), (RunFigure.Probe, 0.7), (RunFigure.Linear, 0.65),
            (RunFigure.EffectiveRank, 20), (RunFigure.RepresentationStd, 0.9), (RunFigure.Alignment, 0.4), (RunFigure.Uniformity, -3),
        ];
        Assert.Equal(Enum.GetValues<RunFigure>().Order(), expected.Select(e => e.Figure).Order());
        Assert.All(expected, e => Assert.Equal(e.Value, Assert.Single(figures.Series[e.Figure].Points()).Value));
        Assert.Equal(400, figures.BudgetSteps);
        Assert.Equal(["alarm", "unreadable", "non_finite", "rewind"], figures.Notes.Select(n => n.Kind));
        Assert.Equal(["why", "a.png", "the loss", "the loss"], figures.Notes.Select(n => n.Words));
        Assert.Equal((0, "few images"), (figures.Damaged, figures.Shortfall));
        using (var log = new RunLog(Log, 20)) log.Receive(new ShortfallRecord(11, ""));
        Assert.Null(Figures().Shortfall);
    }

    public static TheoryData<string> Hostile =>
    [
        "not JSON", "{", "[]", "null", "3", "\"step\"", "{\"step\":\"1\"}", "{\"step\":null,\"loss\":1}", "{\"loss\":1}", "{\"step\":{}}",
        "{\"step\":1e999}", "{\"step\":NaN}", new string('[', 1000), "{\"a\":" + new string('[', 100), "{\"step\":1,\"loss\":1", "\u0000\u0001", "",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_line_that_is_no_record_is_counted_and_passed_over(string line)
    {
        File.WriteAllText(Log, $"{line}\n{{\"kind\":\"step\",\"step\":2,\"epoch\":1,\"loss\":3,\"seconds\":1}}\n");
        var figures = Figures();
        Assert.Equal((1, 2), (figures.Damaged, figures.Step));
        Assert.Equal(3, Assert.Single(figures.Series[RunFigure.Loss].Points()).Value);
    }

    [Theory]
    [InlineData("\"NaN\"")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    [InlineData("{\"a\":[1,2]}")]
    [InlineData("[1,[2]]")]
    [InlineData("true")]
    public void A_figure_that_is_no_number_is_left_out(string loss)
    {
        File.WriteAllText(Log, $"{{\"step\":-5,\"loss\":{loss},\"tau\":0.5}}\n");
        var figures = Figures();
        Assert.Empty(figures.Series[RunFigure.Loss].Points());
        Assert.Equal(0.5, Assert.Single(figures.Series[RunFigure.Tau].Points()).Value);
        Assert.Equal(0, figures.Step);
    }

    [Fact]
    public void Events_without_end_take_bounded_memory()
    {
        File.WriteAllLines(Log, Enumerable.Range(0, 5000).Select(i => $"{{\"step\":{i},\"unreadable\":\"{new string('x', 1000)}\"}}"));
        var figures = Figures();
        Assert.Equal((200, 5000), (figures.Notes.Count, figures.Events["unreadable"]));
        Assert.All(figures.Notes, n => Assert.InRange(n.Words.Length, 1, 401));
    }

    [Fact]
    public void Time_goes_on_where_a_run_is_resumed()
    {
        int[] seconds = [10, 20, 1, 5];
        File.WriteAllLines(Log, seconds.Select((s, i) => $"{{\"step\":{i + 1},\"epoch\":0,\"loss\":1,\"seconds\":{s}}}"));
        Assert.Equal([10, 20, 21, 25], Figures().Series[RunFigure.Loss].Points().Select(p => p.Seconds));
    }

    private RunFigures Figures()
    {
        var figures = new RunFigures(Log);
        figures.Read();
        return figures;
    }
}
