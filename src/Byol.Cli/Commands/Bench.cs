using System.CommandLine;

namespace Byol.Cli.Commands;

/// <summary>byol bench: measures this machine.</summary>
internal static class Bench
{
    public static Command Create()
    {
        var command = new Command("bench", "Measure this machine: without a verb, three networks' steps beside the committed table.")
        {
            BenchEmbed.Create(), BenchKnn.Create(), BenchStep.Create(), BenchViews.Create(),
        };
        BenchAll.AddTo(command);
        return command;
    }
}
