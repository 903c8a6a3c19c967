using System.CommandLine;
using System.Globalization;
using Byol.Faults.Trials;

namespace Byol.Faults.Fuzzing;

/// <summary>fuzz READER: damaged files by the million; with a seed, one of them again.</summary>
internal static class FuzzCommand
{
    public static Command Create()
    {
        var names = string.Join(", ", Targets.All.Select(t => t.Name));
        var reader = new Argument<string>("reader") { Description = $"{names}, or all." };
        var count = new Option<long>("--count") { Description = "Inputs for each reader.", DefaultValueFactory = _ => 1_000_000 };
        var first = new Option<long>("--first") { Description = "The seed to begin with." };
        var seed = new Option<long?>("--seed") { Description = "Only the input of this seed, and what came of it." };
        var failures = new Option<string>("--failures")
        {
            Description = "Where inputs are kept that broke the rules.",
            DefaultValueFactory = _ => "fuzz-failures",
        };
        var command = new Command("fuzz", "Feed damaged files to the readers.") { reader, count, first, seed, failures };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(reader)!;
            var targets = Targets.All.Where(t => name == "all" || t.Name == name).ToList();
            if (targets.Count == 0) throw new ArgumentException($"Reader {name} is not known; use one of {names}, or all.");
            var (from, inputs) = parsed.GetValue(seed) is { } one ? (one, 1L) : (parsed.GetValue(first), parsed.GetValue(count));
            var failed = 0;
            Console.WriteLine("| reader | inputs | refused | read | broke the rules | most memory beyond the file | seconds |");
            Console.WriteLine("|---|---|---|---|---|---|---|");
            foreach (var target in targets)
            {
                using var fuzzer = new Fuzzer(target, parsed.GetValue(failures)!);
                var result = fuzzer.Run(from, inputs, done => TrialProgress.Show($"{target.Name} {done:N0}"));
                TrialProgress.End();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {target.Name} | {result.Inputs:N0} | {result.Rejected:N0} | {result.Accepted:N0} | {result.Failures.Count} "
                    + $"| {result.MostAllocated / 1024.0:N0} KiB | {result.Seconds:F0} |"));
                foreach (var failure in result.Failures)
                {
                    var what = inputs == 1 ? failure.What : failure.What.Split('\n')[0];
                    Console.Error.WriteLine($"{target.Name} seed {failure.Seed}: {what}");
                }
                failed += result.Failures.Count;
            }
            return failed == 0 ? 0 : 1;
        });
        return command;
    }
}
