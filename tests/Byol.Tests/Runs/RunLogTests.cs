using System.Text.Json;
using Byol.Runs;

namespace Byol.Tests.Runs;

public sealed class RunLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder["metrics.jsonl"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_added_is_read_by_type()
    {
        Write(Step(1), new KnnRecord(1, 1, 0.5, 2), Step(2));
        Assert.Equal(new RunRecord[] { Step(1), Step(2) }.Values(), Steps().Values());
        Assert.Equal(new RunRecord[] { new KnnRecord(1, 1, 0.5, 2) }.Values(), RunLog.Read<KnnRecord>(File).Values());
    }

    [Fact]
    public void A_line_is_one_object_with_snake_case_names()
    {
        Write(Step(3));
        using var json = JsonDocument.Parse(Assert.Single(System.IO.File.ReadAllLines(File)));
        Assert.Equal(
            ["kind", "step", "epoch", "loss", "learning_rate", "tau", "embedding_std", "images_per_second", "data_wait", "seconds"],
            json.RootElement.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void A_log_can_be_read_while_it_is_written()
    {
        using var log = new RunLog(File, 0);
        for (var step = 1; step <= 3; step++)
        {
            log.Receive(Step(step));
            Assert.Equal(step, Steps().Count);
        }
    }

    public static TheoryData<string, RunRecord> OfEveryKind => new()
    {
        { "step", Step(3) },
        { "knn", new KnnRecord(3, 1, 0.5, 2) { Probe = 0.25, Neighbors = 50 } },
        { "diagnosis", new DiagnosisRecord(3, 1, 20, 0.9, 0.5, -3, 2) },
        { "length", new LengthRecord(3, 400, 12.5) },
        { "alarm", new AlarmRecord(3, "why") },
        { "unreadable", new UnreadableRecord(3, "a \"loss\": b.png", 7, 1) },
        { "non_finite", new NonFiniteRecord(3, "the loss", 1, 0, [], []) },
        { "rewind", new RewindRecord(2, 3, "the loss", 1) },
    };

    [Theory]
    [MemberData(nameof(OfEveryKind), DisableDiscoveryEnumeration = true)]
    public void A_line_names_its_kind_and_one_of_before_is_known_without(string kind, RunRecord record)
    {
        Write(record);
        var line = Assert.Single(System.IO.File.ReadAllLines(File));
        Assert.StartsWith($"{{\"kind\":\"{kind}\",\"step\":{record.Step},", line, StringComparison.Ordinal);
        AssertRead();
        System.IO.File.WriteAllText(File, line.Replace($"\"kind\":\"{kind}\",", "", StringComparison.Ordinal) + "\n");
        AssertRead();

        // Lists are compared by what is in them, and records of lists by the lists themselves.
        void AssertRead() => Assert.Equivalent(record, Assert.Single(RunLog.Read(File)), strict: true);
    }

    [Theory]
    [InlineData("{\"kind\":\"of the future\",\"step\":2,\"loss\":1}")]
    [InlineData("{\"kind\":7,\"step\":2,\"loss\":1}")]
    [InlineData("{\"step\":2,\"something\":1}")]
    public void Kinds_that_are_not_known_are_passed_over(string line)
    {
        Write(Step(1));
        System.IO.File.AppendAllText(File, line + "\n");
        using (var log = new RunLog(File, 9)) log.Receive(Step(3));
        Assert.Equal(new RunRecord[] { Step(1), Step(3) }.Values(), RunLog.Read(File).Values());
    }

    [Fact]
    public void What_is_said_to_listeners_alone_is_not_logged()
    {
        Write(new PlanRecord(0, 64, 12, 4, 1000, "Float32"), new WarningRecord(0, "careful"));
        Assert.Empty(System.IO.File.ReadAllText(File));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1.0000000000000002)]
    [InlineData(5e-324)]
    public void Any_number_survives(double loss)
    {
        Write(Step(1, loss));
        Assert.Equal(loss, Steps()[0].Loss);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(60)]
    public void A_last_line_cut_short_is_passed_over(int cut)
    {
        Write(Step(1), Step(2), Step(3));
        var bytes = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, bytes[..^(cut + 1)]);
        Assert.Equal(new RunRecord[] { Step(1), Step(2) }.Values(), Steps().Values());
        using (var log = new RunLog(File, 3)) log.Receive(Step(4));
        Assert.Equal(new RunRecord[] { Step(1), Step(2), Step(4) }.Values(), Steps().Values());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(10, 1)]
    [InlineData(25, 2)]
    [InlineData(1000, 4)]
    public void A_resumed_run_drops_later_steps(long fromStep, int kept)
    {
        Write(Step(10), Step(20), new KnnRecord(30, 1, 0.1, 1), Step(40));
        using (new RunLog(File, fromStep))
        {
            Assert.Equal(kept, System.IO.File.ReadAllLines(File).Length);
        }
    }

    [Fact]
    public void A_new_log_of_a_resumed_run_starts_empty()
    {
        using (new RunLog(File, 5)) Assert.Empty(Steps());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"step\":\"x\"}")]
    [InlineData("12")]
    [InlineData("null")]
    public void Lines_of_another_kind_end_the_log(string line)
    {
        Write(Step(1));
        System.IO.File.AppendAllText(File, line + "\n");
        Assert.Equal(new RunRecord[] { Step(1) }.Values(), Steps().Values());
    }

    private IReadOnlyList<StepRecord> Steps() => RunLog.Read<StepRecord>(File);

    private void Write(params RunRecord[] records)
    {
        using var log = new RunLog(File, -1);
        foreach (var record in records) log.Receive(record);
    }

    private static StepRecord Step(long step, double loss = 1 / 3.0) => new(step, step / 10.0, loss, 0.1, 0.99, 1, 100, 0.25, step);
}
