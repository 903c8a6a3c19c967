namespace Byol.Faults.Trials;

/// <summary>Several processes that want one folder at once: one trains, the others leave it alone and say so.</summary>
internal static class Contests
{
    public static FaultRow Of(Fixture fixture, int processes, int count, int parallel) =>
        FaultRow.Of($"{processes} processes, one folder", Enumerable.Range(1, count).ToList(), parallel, _ =>
        {
            using var trial = fixture.New();
            var tools = Enumerable.Range(0, processes).Select(_ => new Tool(trial.Command(resume: false), trial.Work)).ToList();
            try
            {
                var results = tools.ConvertAll(t => t.Wait());
                var winners = results.Count(r => r.Code == 0);
                if (winners != 1) return $"{winners} won: {string.Join(" ", results.Select(r => $"{r.Code} {r.Error}"))}";
                return results.Where(r => r.Code != 0)
                    .Select(r => r.Code == 2 ? r.UnlessOneLineNames(trial.Run) : $"one left with {r.Code}: {r.Error}")
                    .FirstOrDefault(l => l is not null) ?? trial.Difference();
            }
            finally
            {
                tools.ForEach(t => t.Dispose());
            }
        });
}
