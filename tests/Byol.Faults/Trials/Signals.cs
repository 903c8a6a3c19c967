namespace Byol.Faults.Trials;

/// <summary>SIGTERM and SIGINT at any time: the run saves, leaves with the signal's code, and goes on where it was.</summary>
internal static class Signals
{
    public static FaultRow AtAnyTime(Fixture fixture, int count, int seed, int parallel)
    {
        var ways = Moment.Draw(count, seed)
            .Select((moment, i) => (Signal: i % 2 == 0 ? "TERM" : "INT", Code: i % 2 == 0 ? 143 : 130, Moment: moment))
            .ToList();
        return FaultRow.Of("SIGTERM, SIGINT at any time", ways, parallel, way =>
        {
            using var trial = fixture.New();
            ToolResult result;
            using (var tool = new Tool(trial.Command(resume: false), trial.Work))
            {
                way.Moment.Await(tool, trial.Run, fixture.Time);
                tool.Signal(way.Signal);
                result = tool.Wait();
            }
            // It may have been done already, and just then.
            if (result.Code != way.Code && !(result.Code == 0 && RunState.LastStep(trial.Run) == Fixture.Steps))
                return $"it left with {result.Code}: {result.Error}";
            return trial.Recover(mostLost: 0);
        });
    }
}
