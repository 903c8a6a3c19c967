using Byol.Reports;
using Byol.Runs;
using Byol.Training;

namespace Byol.Tests.Training;

/// <summary>What a run leaves to be looked at follows its training, and is never a reason for it to fail.</summary>
public sealed class RunPicturesTests
{
    [Fact]
    public void The_sheet_of_views_is_that_of_the_epoch_before_the_last_evaluation()
    {
        using var run = new TinyRun { InterruptAfter = 5 };
        var data = Made.Dataset(64);
        run.Train(TinyRun.Recipe, data);      // 4 steps an epoch: the evaluation after the first has passed
        Assert.Equal(RunPictures.Views(TinyRun.Recipe, data), Sheet(run));
        using var resumed = run.Reopened();
        resumed.Train(TinyRun.Recipe, data, resume: true);
        Assert.Equal(RunPictures.Views(TinyRun.Recipe, data, epoch: 2), Sheet(resumed));
        Assert.NotEqual(RunPictures.Views(TinyRun.Recipe, data, epoch: 1), Sheet(resumed));
    }

    [Fact]
    public void What_cannot_be_drawn_is_a_warning_and_the_run_ends_well()
    {
        using var run = new TinyRun();
        run.Begun(TinyRun.Recipe, Made.Dataset(64));
        File.Delete(RunDirectory.ViewsIn(run.Folder));
        foreach (var path in (string[])[RunReport.PathIn(run.Folder), RunDirectory.ViewsIn(run.Folder) + RunDirectory.TemporarySuffix])
            Directory.CreateDirectory(path);
        File.WriteAllBytes(RunDirectory.ViewsIn(run.Folder), []);
        var data = Made.Dataset(64);
        Assert.True(run.Train(TinyRun.Recipe, data).Finished);
        // What was in the way is removed, and the next picture is there.
        Assert.Single(run.Warnings, w => w.StartsWith("No picture of the views of epoch 1: ", StringComparison.Ordinal));
        Assert.Equal(RunPictures.Views(TinyRun.Recipe, data, epoch: 2), Sheet(run));
        Assert.Single(run.Warnings, w => w.StartsWith("No report of this run: ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_it_told_is_kept_and_that_it_was_too_short_is_logged_once()
    {
        using var run = new TinyRun { InterruptAfter = 6 };
        run.Train(TinyRun.Recipe, Made.Dataset(64));
        using var resumed = run.Reopened();
        resumed.Train(TinyRun.Recipe, Made.Dataset(64), resume: true);
        var lines = RunTranscript.Last(resumed.Folder);
        string[] words = ["64 images, 12 steps", "are too few to learn much from", "effective rank", "interrupted at step 6", "from step 6", "finished at step 12"];
        Assert.All(words, w => Assert.Contains(lines, line => line.Contains(w, StringComparison.Ordinal)));
        Assert.Single(resumed.Log, line => line.Contains("\"kind\":\"shortfall\"", StringComparison.Ordinal));
        Assert.Contains("Too short: 192 images", File.ReadAllText(RunReport.PathIn(resumed.Folder)), StringComparison.Ordinal);
        using var again = resumed.Reopened();
        again.Train(TinyRun.Recipe, Made.Dataset(64), resume: true);
        Assert.Equal(lines, RunTranscript.Last(again.Folder));
    }

    private static byte[] Sheet(TinyRun run) => File.ReadAllBytes(RunDirectory.ViewsIn(run.Folder));
}
