using Byol.Runs;

namespace Byol.Tests.Runs;

/// <summary>What a run tells people is kept, a line each.</summary>
public sealed class RunTranscriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private RunTranscript Transcript() => new(_folder.Path, TimeProvider.System);

    [Fact]
    public void Everything_but_figures_of_steps_is_kept_in_order()
    {
        var transcript = Transcript();
        transcript.Receive(new PlanRecord(0, 100, 50, 10, 5, "Float32"));
        transcript.Receive(new StepRecord(10, 1, 1.5, 0.25, 0.99, 0.875, 128, 0.125, 3));
        transcript.Receive(new LengthRecord(10, 40, 1));
        transcript.Receive(new LengthRecord(20, 41, 2));
        transcript.Receive(new KnnRecord(20, 2, 0.5, 4));
        transcript.Receive(new AlarmRecord(20, "why"));
        transcript.Receive(new UnreadableRecord(21, "a\nb\u001b[2J.png", 3, 1));
        transcript.End("finished at step 50");
        var lines = RunTranscript.Last(_folder.Path);
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC  ", line));
        Assert.Equal(
            [
                "step 0: 100 images, 50 steps (5 epochs), 0.0 M parameters, Float32", "step 10: about 40 steps fit into the budget",
                "step 20: epoch 2: kNN 50.0 %", $"step 20: warning: {new AlarmRecord(20, "why")}",
                "step 21: warning: a b [2J.png could not be read; another image takes its place (1 so far, up to 1 %).", "finished at step 50",
            ],
            lines.Select(line => line[25..]));
    }

    [Fact]
    public void A_run_that_has_nothing_left_to_do_adds_nothing_and_a_failure_tells_what_led_to_it()
    {
        var transcript = Transcript();
        transcript.Receive(new PlanRecord(50, 100, 50, 10, 5, "Float32"));
        transcript.Receive(new WarningRecord(50, "a warning"));
        transcript.End("finished at step 50");
        Assert.Empty(RunTranscript.Last(_folder.Path));
        transcript.Fail("ended by an error: why");
        Assert.Equal(3, RunTranscript.Last(_folder.Path).Count);
    }

    [Fact]
    public void Of_a_long_one_the_last_lines_are_shown_and_no_link_is_followed()
    {
        File.WriteAllLines(RunTranscript.PathIn(_folder.Path), Enumerable.Range(0, 50_000).Select(i => $"line {i}"));
        Assert.Equal(Enumerable.Range(49_800, 200).Select(i => $"line {i}"), RunTranscript.Last(_folder.Path));
        File.WriteAllText(RunTranscript.PathIn(_folder.Path), new string('x', 1_000_000) + "\nlast\n");
        Assert.Equal(["last"], RunTranscript.Last(_folder.Path));
        File.Move(RunTranscript.PathIn(_folder.Path), _folder["elsewhere"]);
        File.CreateSymbolicLink(RunTranscript.PathIn(_folder.Path), _folder["elsewhere"]);
        Assert.Empty(RunTranscript.Last(_folder.Path));
    }

    [Fact]
    public void Where_it_cannot_be_written_nothing_ends()
    {
        Directory.CreateDirectory(RunTranscript.PathIn(_folder.Path));
        Transcript().Fail("why");
        Assert.Empty(RunTranscript.Last(_folder.Path));
    }
}
