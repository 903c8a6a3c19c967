namespace Byol.Faults.Trials;

/// <summary>What came of one kind of fault.</summary>
/// <param name="Fault">What was done.</param>
/// <param name="Tried">How often.</param>
/// <param name="Lost">What was lost, one line for each time.</param>
internal sealed record FaultRow(string Fault, int Tried, IReadOnlyList<string> Lost)
{
    /// <summary>Why it could not be tried, or null.</summary>
    public string? NotPossible { get; init; }

    public override string ToString() => NotPossible is null
        ? $"| {Fault} | {Tried:N0} | {Tried - Lost.Count:N0} | {Lost.Count:N0} |"
        : $"| {Fault} | not possible here: {NotPossible} | | |";

    /// <summary>Tries a fault in many ways, some at once.</summary>
    /// <param name="fault">What is done.</param>
    /// <param name="ways">In which ways.</param>
    /// <param name="parallel">How many at once.</param>
    /// <param name="attempt">What was lost, or null.</param>
    public static FaultRow Of<T>(string fault, IReadOnlyList<T> ways, int parallel, Func<T, string?> attempt)
    {
        var (lost, done) = (new List<string>(), 0);
        Parallel.ForEach(ways, new ParallelOptions { MaxDegreeOfParallelism = parallel }, way =>
        {
            var loss = Attempt(way);
            lock (lost)
            {
                if (loss is not null) lost.Add($"{fault}, {way}: {loss}");
                if (loss is not null) Console.Error.WriteLine($"LOST {lost[^1]}");
                TrialProgress.Show($"{fault}: {++done} of {ways.Count}, {lost.Count} lost");
            }
        });
        TrialProgress.End();
        return new FaultRow(fault, ways.Count, lost);

        string? Attempt(T way)
        {
            try
            {
                return attempt(way);
            }
            catch (Exception e)
            {
                return e.ToString();   // what the harness trips over is a loss too
            }
        }
    }
}
