using System.CommandLine;
using System.Globalization;
using Byol.Data.Datasets;
using Byol.Faults.Soaking;

namespace Byol.Faults.Trials;

/// <summary>run: every fault, and a table of what was lost.</summary>
internal static class RunCommand
{
    // How often, in full and in short.
    private static readonly (string Name, int Full, int Short)[] Faults =
    [
        ("controls", 1, 1), ("syscalls", int.MaxValue, 8), ("kills", 300, 6), ("full", 30, 4), ("enospc", 30, 4), ("fsync", 10, 3),
        ("readonly", 6, 6), ("truncations", 400, 40), ("flips", 4000, 200), ("signals", 100, 4), ("two", 50, 2), ("eight", 50, 1),
        ("soak", 0, 0),
    ];

    public static Command Create()
    {
        var names = string.Join(", ", Faults.Select(f => f.Name));
        var isShort = new Option<bool>("--short") { Description = "A few of each." };
        var only = new Option<string[]>("--only")
        {
            Description = $"Only these: {names}.",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
        };
        var seed = new Option<int>("--seed") { Description = "Draws times and places.", DefaultValueFactory = _ => 1 };
        var parallel = new Option<int>("--parallel") { Description = "Runs at once.", DefaultValueFactory = _ => 2 };
        var minutes = new Option<double>("--minutes") { Description = "How long the soak takes.", DefaultValueFactory = _ => 60 };
        var command = new Command("run", "Break runs in every way and compare what comes of them with the quiet run.")
        {
            isShort, only, seed, parallel, minutes,
        };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(only)!;
            if (wanted.FirstOrDefault(n => Faults.All(f => f.Name != n)) is { } unknown)
                throw new ArgumentException($"Fault {unknown} is not known; use {names}.");
            var chosen = Faults
                .Where(f => wanted.Length == 0 ? f.Name != "soak" : wanted.Contains(f.Name))
                .Select(f => (f.Name, Count: parsed.GetValue(isShort) ? f.Short : f.Full))
                .ToList();
            using var fixture = new Fixture();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{DateTime.UtcNow:yyyy-MM-dd}, {Machine()}; the quiet run takes {fixture.Time.TotalSeconds:F1} s; "
                + $"seed {parsed.GetValue(seed)}."));
            Console.WriteLine("\n| fault | tried | survived | lost |\n|---|---|---|---|");
            var soak = TimeSpan.FromMinutes(parsed.GetValue(minutes));
            var lost = new List<string>();
            foreach (var (name, count) in chosen)
            {
                foreach (var row in Rows(name, count, fixture, parsed.GetValue(seed), parsed.GetValue(parallel), soak))
                {
                    Console.WriteLine(row);
                    lost.AddRange(row.Lost);
                }
            }
            Console.WriteLine(lost.Count == 0 ? "\nNothing was lost." : $"\n{string.Join('\n', lost)}");
            return lost.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static IEnumerable<FaultRow> Rows(string name, int count, Fixture fixture, int seed, int parallel, TimeSpan soak)
    {
        switch (name)
        {
            case "controls":
                yield return Controls.All(fixture);
                break;
            case "syscalls" when fixture.Calls is null:
                yield return new FaultRow("kill -9 at a system call of a save", 0, []) { NotPossible = "no strace" };
                break;
            case "syscalls":
                yield return Kills.AtSystemCalls(fixture, Some(Kills.OfThreeSaves(fixture.Calls), count), parallel);
                break;
            case "kills":
                yield return Kills.AtAnyTime(fixture, count, seed, parallel);
                break;
            case "full":
                yield return Disks.Full(fixture, count, seed, parallel);
                break;
            case "enospc":
                yield return Disks.Failing("disk full (a write is told so)", fixture, "pwrite64", "ENOSPC", count, parallel);
                break;
            case "fsync":
                yield return Disks.Failing("fsync fails", fixture, "fsync", "EIO", count, parallel);
                break;
            case "readonly":
                yield return Disks.ReadOnly(fixture, parallel);
                break;
            case "truncations" or "flips":
                using (var damage = new Damage(fixture))
                    yield return name == "flips" ? damage.BitFlips(count, seed) : damage.Truncations(count);
                break;
            case "signals":
                yield return Signals.AtAnyTime(fixture, count, seed, parallel);
                break;
            case "two":
                yield return Contests.Of(fixture, 2, count, parallel: 1);
                break;
            case "eight":
                yield return Contests.Of(fixture, 8, count, parallel: 1);
                break;
            default:
                yield return Soak.For(soak, DatasetCatalog.FromEnvironment().Open(fixture.Data), epochs: 60);
                var race = TimeSpan.FromMinutes(5);
                var (survived, what) = ScalarRace.InProcess(race, original: false);
                yield return new FaultRow($"implicit Scalars, {what}", 1, survived ? [] : [$"implicit Scalars: {what}"]);
                (survived, what) = ScalarRace.InProcess(race, original: true);
                Console.Error.WriteLine($"on the original TorchSharp: {what}");
                yield return new FaultRow($"their negative control on the original TorchSharp, {what}", 1,
                    survived ? ["the soak does not find the race where nothing guards against it"] : []);
                break;
        }
    }

    private static string Machine()
    {
        const string Model = "model name";
        var processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(Model, StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return $"{Environment.ProcessorCount} cores{(processor is null ? "" : $" of {processor}")}";
    }

    internal static List<T> Some<T>(List<T> all, int count) => all.Count <= count
        ? all : [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)])];
}
