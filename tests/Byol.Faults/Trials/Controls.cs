using Byol.Data.Datasets;
using Byol.Training;
using TorchSharp;

namespace Byol.Faults.Trials;

/// <summary>Checks that cannot fail prove nothing: each is shown a run that lacks what it is there for.</summary>
internal static class Controls
{
    public static FaultRow All(Fixture fixture)
    {
        var controls = new List<(string What, Func<string?> Holds)>
        {
            ("going on in this process is the quiet run", () => Resume(fixture, step => step)),
            ("without the loader's position it is not",
                () => Resume(fixture, _ => 0) is null ? "I1 holds without the loader's position: the comparison sees nothing" : null),
            ("without the digest a turned bit passes", () =>
            {
                using var damage = new Damage(fixture);
                return damage.WithoutDigest();
            }),
        };
        if (fixture.Calls is { } calls)
        {
            controls.Add(("the files of a run reach the disk in order",
                () => FsyncOrder.Breaches(calls) is [var breach, ..] ? breach : null));
            controls.AddRange(calls.FindAll(c => c.Name == "fsync").GroupBy(c => Kind(c.Paths[0])).Select(kind => (
                $"without the flush of {kind.Key} they do not",
                (Func<string?>)(() => FsyncOrder.Breaches(calls.FindAll(c => c.Name != "fsync" || Kind(c.Paths[0]) != kind.Key)).Count > 0
                    ? null : "nothing is noticed"))));
        }
        return FaultRow.Of("checks and their negative controls", controls, 1, control => control.Holds());
    }

    /// <summary>Goes on with a run whose last checkpoint was taken away.</summary>
    /// <returns>What differs from the quiet run, or null.</returns>
    private static string? Resume(Fixture fixture, Func<long, long> loaderPosition)
    {
        torch.set_num_threads(1);   // as the tool runs here
        using var trial = fixture.Finished();
        Directory.Delete(RunState.Checkpoints(trial.Run)[^1], recursive: true);
        var catalog = DatasetCatalog.FromEnvironment();
        using (var run = PretrainingRun.Resume(trial.Run, catalog.Open(fixture.Data)))
        {
            (run.Device, run.LoaderPosition) = (torch.CPU, loaderPosition);
            run.Train(catalog.Open($"{fixture.Data}:test"));
        }
        return trial.Difference();
    }

    // Steps in the names of folders are not what makes two flushes different ones.
    private static string Kind(string path) =>
        string.Join('/', path.Split('/').Select(p => p.StartsWith("step-", StringComparison.Ordinal) ? $"step{Path.GetExtension(p)}" : p))
            is var kind && kind.Length > 0 ? kind : "/";
}
