namespace Byol.Faults.Trials;

/// <summary>A time in a run, whatever else the machine does: so long after a step was logged, or after the start.</summary>
/// <param name="Step">The step; 0 is the start.</param>
/// <param name="Share">How long after, from 0 to 1: until the next lines of the log, or half of the run's time.</param>
internal readonly record struct Moment(int Step, double Share)
{
    private const int OfTheStart = 16, LongestWait = 8;

    /// <summary>Draws times all over a run, one in five of them while it starts.</summary>
    public static List<Moment> Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count)
            .Select(_ => new Moment(Math.Max(0, random.Next(-OfTheStart, Fixture.Steps - 2)), random.NextDouble()))];
    }

    /// <summary>Waits for it, or for the end of the run.</summary>
    /// <param name="tool">The run.</param>
    /// <param name="run">Its folder.</param>
    /// <param name="time">How long a run takes.</param>
    public void Await(Tool tool, string run, TimeSpan time)
    {
        while (Step > 0 && !tool.Wait(TimeSpan.FromMilliseconds(2)) && RunState.LastStep(run) < Step)
        {
        }
        tool.Wait(time * Share / (Step > 0 ? LongestWait : 2));
    }
}
