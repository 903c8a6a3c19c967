using System.CommandLine;
using System.Globalization;
using Byol.Cli.Terminal;
using Byol.Runs;
using Byol.Training;

namespace Byol.Cli.Commands;

/// <summary>byol checkpoints: what a run could resume from, each compared with its digests.</summary>
internal static class Checkpoints
{
    private sealed record Row(string Path, long Step, double? Epoch, double AgeSeconds, long Bytes, double? Knn, string? Problem);

    public static Command Create()
    {
        var folder = new Argument<string>("run") { Description = "A run folder." };
        var json = Output.Json();
        var command = new Command("checkpoints", "List the checkpoints of a run and verify every byte of them.") { folder, json };
        command.SetAction(parsed =>
        {
            var run = parsed.GetValue(folder)!;
            if (!PretrainingRun.IsOne(run))
                throw new RunDirectoryException($"{run} is not the folder of a run (it has no recipe.toml); "
                    + "give the folder that was the --out of pretrain.");
            var accuracies = PretrainingRun.ReadLog(run).OfType<KnnRecord>().ToList();
            var rows = CheckpointFolder.Of(run).Select(c => Examine(c, accuracies)).OfType<Row>().ToList();
            Output.Write(parsed.GetValue(json), new { run, checkpoints = rows }, Text(run, rows));
            return rows.All(r => r.Problem is null) ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    // Null if a running run has removed it meanwhile.
    private static Row? Examine(CheckpointFolder checkpoint, List<KnnRecord> accuracies)
    {
        try
        {
            var problem = checkpoint.Problem();
            var age = DateTime.UtcNow - Directory.GetLastWriteTimeUtc(checkpoint.Path);
            var bytes = new DirectoryInfo(checkpoint.Path).EnumerateFiles().Sum(f => f.Length);
            var epoch = problem is null ? checkpoint.Epoch : (double?)null;
            return new Row(checkpoint.Path, checkpoint.Step, epoch, Math.Max(0, age.TotalSeconds), bytes,
                accuracies.LastOrDefault(a => a.Step == checkpoint.Step)?.Knn, problem);
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            return null;
        }
    }

    private static string Text(string run, List<Row> rows)
    {
        if (rows.Count == 0) return $"{run} has no checkpoint yet.\n";
        var best = rows.Max(r => r.Knn);
        return Table.Format(["step", "epoch", "age", "size", "kNN", ""],
            [.. rows.Select(r => (IReadOnlyList<string>)
            [
                Number($"{r.Step}"),
                r.Epoch is { } epoch ? Number($"{epoch:F2}") : "",
                Age(TimeSpan.FromSeconds(r.AgeSeconds)),
                Number($"{r.Bytes / 1e6:F1} MB"),
                r.Knn is { } knn ? Output.Percent(knn) + (knn == best ? " best" : "") : "",
                r.Problem is null ? "whole" : $"DAMAGED: {r.Problem}"
            ])]);
    }

    private static string Age(TimeSpan age) =>
        age.TotalDays >= 2 ? $"{(int)age.TotalDays} days"
        : age.TotalHours >= 2 ? $"{(int)age.TotalHours} h"
        : age.TotalMinutes >= 2 ? $"{(int)age.TotalMinutes} min"
        : $"{(int)age.TotalSeconds} s";

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
