using Byol.Runs;

namespace Byol.Tests.Runs;

public sealed class RunHistoryTests
{
    [Fact]
    public void A_run_that_begins_has_none()
    {
        var history = new RunHistory([], 0, RunProgress.None);
        Assert.Equal((null, null, null, null), (history.Steps, history.Accuracy, history.Best, history.Diagnosis));
        Assert.Equal((null, false, 0, 0L), (history.Length, history.Collapsed, history.Rewinds, history.Skipped));
        Assert.Empty(history.Unreadable);
    }

    [Fact]
    public void The_log_and_what_follows_it_are_one_history()
    {
        KnnRecord[] accuracies = [new(4, 1, 0.5, 1), new(8, 2, 0.7, 1), new(12, 3, 0.7, 1)];
        RunRecord[] log =
        [
            new UnreadableRecord(1, "a.png", 7, 1), accuracies[0], new LengthRecord(5, 40, 10), accuracies[1],
            new DiagnosisRecord(8, 2, 20, 1, 1, -2, 1),
        ];
        var history = new RunHistory(log, 8, RunProgress.None);
        Assert.Equal(accuracies[1], history.Best);
        foreach (var record in (RunRecord[])[new UnreadableRecord(9, "b.png", 3, 2), new LengthRecord(9, 44, 12), accuracies[2],
            new AlarmRecord(12, "all the same"), new WarningRecord(12, "careful")])
            history.Receive(record);

        Assert.Equal([3, 7], history.Unreadable);
        Assert.Equal((accuracies[2], accuracies[1]), (history.Accuracy, history.Best));      // the first of the best
        Assert.Equal((8L, 44L, true), (history.Diagnosis!.Step, history.Length!.BudgetSteps, history.Collapsed));
    }

    // Rewinds to other checkpoints are over: what they left out stands in the checkpoint.
    [Fact]
    public void Rewinds_count_where_they_led_to_the_step_that_the_run_starts_from()
    {
        var progress = RunProgress.None with { Skipped = 3 };
        RewindRecord[] log = [new(4, 5, "the loss", 3), new(8, 9, "the loss", 4)];
        Assert.Equal((0, 3L), Of(new RunHistory(log[..1], 8, progress)));
        Assert.Equal((1, 4L), Of(new RunHistory(log, 8, progress)));

        static (int, long) Of(RunHistory history) => (history.Rewinds, history.Skipped);
    }
}
