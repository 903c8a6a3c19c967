using System.CommandLine;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Reports;

namespace Byol.Cli.Commands;

/// <summary>byol report: runs as one page that opens offline.</summary>
internal static class Report
{
    public static Command Create()
    {
        var runs = new Argument<string[]>("runs")
        {
            Description = "Run folders, one or several.", Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--out")
        {
            Description = "The .html to write; by default report.html in the run's folder, if there is one run.",
        };
        var (force, json) = (OutputPath.Force(), Output.Json());
        var command = new Command("report", "Write a report of runs as one page that opens offline.") { runs, output, force, json };
        command.SetAction(parsed =>
        {
            var folders = parsed.GetValue(runs)!;
            var typed = parsed.GetValue(output) ?? (folders is [var one] ? RunReport.PathIn(one)
                : throw new ArgumentException($"{folders.Length} runs need --out; name the page to write."));
            // Its own report is what a run writes, and is written again.
            var path = OutputPath.File(output.Name, typed, parsed.GetValue(force) || parsed.GetValue(output) is null, ".html");
            RunReport.Write(path, folders, folders is [var run] ? NextSteps.After(run) : []);
            Output.Write(parsed.GetValue(json), new { page = path, runs = folders }, path + "\n");
            return ExitCodes.Done;
        });
        return command;
    }
}
