namespace Byol.Faults.Trials;

/// <summary>kill -9 at every system call of three saves, and at any time.</summary>
internal static class Kills
{
    private const int Killed = 137;

    /// <summary>The calls of three saves: from the first flush of the second save to the end of what the fourth and last removes.</summary>
    public static List<Syscall> OfThreeSaves(List<Syscall> calls)
    {
        var second = calls.FindAll(c => c.Name == "rename" && c.Paths[^1] == "/encoder.safetensors")[1];
        var first = calls.IndexOf(second) - 3;   // the log's flush, the encoder's file, its bytes, its flush
        return calls[first..(calls.FindLastIndex(c => c.Name == "rmdir") + 1)];
    }

    public static FaultRow AtSystemCalls(Fixture fixture, IReadOnlyList<Syscall> points, int parallel) =>
        FaultRow.Of("kill -9 at a system call of a save", points, parallel, point =>
        {
            using var trial = fixture.New();
            var breaking = Syscalls.Breaking(trial.Run, fixture.Calls!, point.Name, $"signal=KILL:when={point.Number}");
            var result = Tool.Run([.. breaking, .. trial.Command(resume: false)], trial.Work);
            return result.Code != Killed
                ? $"it was not killed but ended with {result.Code}: {result.Error}" : trial.Recover(Fixture.Interval);
        });

    public static FaultRow AtAnyTime(Fixture fixture, int count, int seed, int parallel) =>
        FaultRow.Of("kill -9 at any time", Moment.Draw(count, seed), parallel, moment =>
        {
            using var trial = fixture.New();
            using (var tool = new Tool(trial.Command(resume: false), trial.Work))
            {
                moment.Await(tool, trial.Run, fixture.Time);
                tool.Signal("KILL");
                tool.Wait();
            }
            return trial.Recover(Fixture.Interval);
        });
}
