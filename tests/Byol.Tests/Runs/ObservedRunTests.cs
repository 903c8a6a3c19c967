using Byol.Runs;
using Byol.Tests.Web;

namespace Byol.Tests.Runs;

/// <summary>Where a run stands, seen from outside.</summary>
public sealed class ObservedRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_that_writes_nothing_for_long_still_trains_as_long_as_a_process_holds_its_folder()
    {
        var run = new MadeRun(_folder["run"]).Steps(1, 20);
        Assert.Equal(RunState.Running, State(run));
        File.SetLastWriteTimeUtc(run.Log, DateTime.UtcNow.AddMinutes(-10));
        Assert.Equal(RunState.Stopped, State(run));
        using (RunDirectory.Resume(run.Folder)) Assert.Equal(RunState.Running, State(run));
        Assert.Equal(RunState.Stopped, State(run));
    }

    [Theory]
    [InlineData("epochs = 10\nbatch_size = 10\n", 100, null, 100)]
    [InlineData("epochs = 10\nbatch_size = 10\n", 109, null, 100)]                          // what is left of an epoch is not trained on
    [InlineData("epochs = 10\nbatch_size = 10\nmax_steps = 70\n", 100, null, 70)]
    [InlineData("epochs = 10\nbatch_size = 10\nmax_steps = 0\n", 100, null, 100)]
    [InlineData("epochs = 10\nbatch_size = 10\nbudget = \"30m\"\n", 100, null, null)]      // no step was timed yet
    [InlineData("epochs = 10\nbatch_size = 10\nbudget = \"30m\"\n", 100, 234, 234)]
    [InlineData("epochs = 10\n", 100, null, null)]
    [InlineData("epochs = many\nbatch_size = 0\n", 100, null, null)]
    public void How_long_it_will_be_is_what_training_says(string training, int images, int? budgetSteps, int? total)
    {
        var run = new MadeRun(_folder["run"], $"[training]\n{training}", images).Steps(1, 20);
        if (budgetSteps is { } steps) File.AppendAllText(run.Log, $"{{\"step\":20,\"budget_steps\":{steps},\"spent\":5}}\n");
        Assert.Equal(total, Observed(run).TotalSteps);
    }

    [Fact]
    public void The_time_left_is_that_of_the_last_steps()
    {
        var run = new MadeRun(_folder["run"]).Steps(1, 50);
        Assert.Equal(5, Observed(run).Left!.Value.TotalSeconds, 0.01);      // 50 steps, ten a second
        Assert.Null(Observed(run.Steps(51, 100)).Left);
    }

    private static RunState State(MadeRun run) => Observed(run).State;

    private static ObservedRun Observed(MadeRun run)
    {
        var observed = new ObservedRun(run.Folder, TimeProvider.System);
        observed.Refresh();
        return observed;
    }
}
