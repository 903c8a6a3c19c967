using System.Globalization;
using System.Text.RegularExpressions;

namespace Byol.Faults.Trials;

/// <summary>One run that something happens to.</summary>
internal sealed partial class Trial(Fixture fixture, string folder) : IDisposable
{
    /// <summary>The run's folder.</summary>
    public string Run { get; } = Path.Combine(folder, "run");

    /// <summary>Where the tool works and puts temporary files.</summary>
    public string Work { get; } = Directory.CreateDirectory(Path.Combine(folder, "work")).FullName;

    public string[] Command(bool resume) => [.. Tool.Command, .. fixture.Arguments(Run, resume)];

    /// <summary>Goes on after a crash and compares with the quiet run.</summary>
    /// <param name="mostLost">Steps that may be lost, of those in the log.</param>
    /// <returns>What was lost, or null.</returns>
    public string? Recover(long mostLost)
    {
        if (RunState.Broken(Run) is { } broken) return broken;
        var committed = RunState.Checkpoints(Run).Select(Step).DefaultIfEmpty().Max();
        var reached = RunState.LastStep(Run);
        var resume = File.Exists(Path.Combine(Run, "recipe.toml"));
        var result = Tool.Run(Command(resume), Work);
        if (result.Code != 0) return $"the next start fails with {result.Code}: {result.Error}";
        var from = FromStep().Match(result.Error) is { Success: true } match
            ? long.Parse(match.Groups[1].Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)
            : 0;
        if (from < committed) return $"I3: it goes on from step {from}, and step {committed} had been saved";
        if (from < reached - mostLost) return $"I2: it goes on from step {from}, and step {reached} had been logged";
        return Difference();
    }

    /// <summary>Compares a finished run with the quiet one.</summary>
    public string? Difference() => RunState.Difference(fixture.Expected, RunState.Digests(Run)) ?? RunState.Litter(Run)
        ?? (Directory.EnumerateFileSystemEntries(Work).Any()
            ? $"I5: {Directory.EnumerateFileSystemEntries(Work).First()} was written outside"
            : null);

    public static long Step(string checkpoint) => long.Parse(Path.GetFileName(checkpoint)["step-".Length..], CultureInfo.InvariantCulture);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [GeneratedRegex("from step ([0-9,]+)")]
    private static partial Regex FromStep();
}
