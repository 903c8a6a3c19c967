namespace Byol.Faults.Trials;

/// <summary>What must have reached the disk before what, read from the system calls of a run: no power need be cut for it.</summary>
internal static class FsyncOrder
{
    private const string Manifest = "manifest.json", Metrics = "/metrics.jsonl";

    /// <summary>Every breach of the order: content before its name, parts before the manifest, the log before the checkpoint, names before
    /// the next thing that leans on them.</summary>
    public static List<string> Breaches(IReadOnlyList<Syscall> calls)
    {
        var (breaches, unflushed, renamed) = (new List<string>(), new HashSet<string>(), new Dictionary<string, string>());
        foreach (var call in calls.Where(c => c.Done))
        {
            var path = call.Paths[0];
            var folder = Folder(path);
            switch (call.Name)
            {
                case "write" or "pwrite64":
                    if (Path.GetFileName(path) == Manifest)
                        Require(unflushed.Where(f => Folder(f) == folder && f != path), "is not on disk before the manifest is written");
                    unflushed.Add(path);
                    if (path != Metrics) unflushed.Add(folder);
                    break;
                case "mkdir":
                    unflushed.Add(folder);
                    break;
                case "unlink":
                    unflushed.Remove(path);
                    break;
                case "fsync":
                    unflushed.Remove(path);
                    renamed.Remove(path);
                    break;
                case "rename" when call.Paths[1] is var name && !name.EndsWith(".tmp", StringComparison.Ordinal):
                    Require(unflushed.Where(f => f == path || Folder(f) == path), $"is not on disk before {name} gets its name");
                    if (IsCheckpoint(name)) Require(unflushed.Where(f => f == Metrics), $"is not on disk before {name} gets its name");
                    if (IsCheckpoint(name)) Require(renamed.Where(r => r.Key != folder).Select(r => r.Value),
                        $"has a name that is not on disk before {name} gets its own");
                    renamed[folder] = name;
                    break;
                case "rename":
                    Require(renamed.Values.Where(IsCheckpoint), "has a name that is not on disk before an older checkpoint goes");
                    break;
            }
        }
        Require(renamed.Values, "has a name that never gets to disk");
        return breaches;

        void Require(IEnumerable<string> none, string otherwise) => breaches.AddRange(
            none.Where(f => !f.EndsWith("trial.tmp", StringComparison.Ordinal)).Select(f => $"{f} {otherwise}"));
    }

    private static bool IsCheckpoint(string path) => Path.GetFileName(path).StartsWith("step-", StringComparison.Ordinal);

    private static string Folder(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";
}
