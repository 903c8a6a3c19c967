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
        Assert.Equal([Step(1), Step(2)], Steps());
        Assert.Equal([new KnnRecord(1, 1, 0.5, 2)], RunLog.Read<KnnRecord>(File));
    }

    [Fact]
    public void A_line_is_one_object_with_snake_case_names()
    {
        Write(Step(3));
        using var json = JsonDocument.Parse(Assert.Single(System.IO.File.ReadAllLines(File)));
        Assert.Equal(["kind", "step", "epoch", "loss", "learning_rate", "tau", "embedding_std", "images_per_second", "data_wait", "seconds"],
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

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1.0000000000000002)]
    [InlineData(5e-324)]
    public void Any_number_survives(double loss)
    {
        Write(Step(1) with { Loss = loss });
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
        Assert.Equal([Step(1), Step(2)], Steps());
        using (var log = new RunLog(File, 3)) log.Receive(Step(4));
        Assert.Equal([Step(1), Step(2), Step(4)], Steps());
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
        Assert.Equal([Step(1)], Steps());
    }

    private IReadOnlyList<StepRecord> Steps() => RunLog.Read<StepRecord>(File);

    private void Write(params RunRecord[] records)
    {
        using var log = new RunLog(File, -1);
        foreach (var record in records) log.Receive(record);
    }

    private static StepRecord Step(long step) => new(step, step / 10.0, 1 / 3.0, 0.1, 0.99, 1, 100, 0.25, step);
}
