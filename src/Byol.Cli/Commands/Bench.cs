using System.CommandLine;

namespace Byol.Cli.Commands;

/// <summary>byol bench: measures this machine.</summary>
internal static class Bench
{
    public static Command Create() => new("bench", "Measure this machine.") { BenchEmbed.Create(), BenchKnn.Create(), BenchStep.Create(), BenchViews.Create() };
}
