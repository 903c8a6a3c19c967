using System.Text.RegularExpressions;

namespace Byol.Data.Datasets;

/// <summary>Files of the MNIST family in a folder, by their names: those of MNIST, with a point before idx (as Kaggle has them), and those
/// of
/// EMNIST, which has several sets beside each other.</summary>
internal static partial class IdxFiles
{
    private sealed record Images(string File, string Set, string Split, string Labels);

    /// <summary>Whether there are any.</summary>
    /// <param name="files">Names of files.</param>
    public static bool AreIn(IEnumerable<string> files) => files.Any(f => Name().IsMatch(f));

    /// <summary>Opens a split.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="files">Names of its files.</param>
    /// <param name="split">train or test; if there are several sets, one of them and its split: emnist-letters-train.</param>
    public static Idx Open(string name, string folder, IReadOnlyList<string> files, string? split)
    {
        var all = files.Select(f => Name().Match(f)).Where(m => m.Success).Select(Found).ToList();
        var sets = all.Select(i => i.Set).Distinct().ToList();
        var splits = sets.Count > 1 ? [.. all.Select(i => $"{i.Set}-{i.Split}")] : (List<string>)["train", "test"];
        if (split is null && sets.Count > 1)
            throw new DatasetException($"{name} holds {string.Join(", ", splits)}; choose one, for instance {name}:{splits[0]}.");
        var wanted = split ?? "train";
        if (!splits.Contains(wanted)) throw new DatasetException($"{name} has no split {wanted}{NearestName.Suggest(wanted, splits)}");
        var found = all.Find(i => (sets.Count > 1 ? $"{i.Set}-{i.Split}" : i.Split) == wanted)
            ?? throw new DatasetException($"{folder} lacks the files of {name}; download it again, or choose another split.");
        // .gz or plain: the labels need not be as the images are.
        var labels = files.FirstOrDefault(f => f == found.Labels || f == found.Labels + ".gz");
        return Idx.Open(name, Path.Combine(folder, found.File), labels is null ? null : Path.Combine(folder, labels));
    }

    private static Images Found(Match match)
    {
        var (set, split, dash) = (match.Groups["set"].Value, match.Groups["split"].Value, match.Groups["dash"].Value);
        return new Images(match.Value, set.TrimEnd('-'), split == "t10k" ? "test" : split, $"{set}{split}-labels{dash}idx1-ubyte");
    }

    [GeneratedRegex(@"^(?<set>.*-)?(?<split>train|t10k|test)-images(?<dash>[-.])idx3-ubyte(?:\.gz)?$")]
    private static partial Regex Name();
}
