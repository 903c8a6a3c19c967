using System.Globalization;

namespace Byol.Data.Datasets;

/// <summary>Notes about opened data: which files are not among the images, and what was decided about names and labels.</summary>
public sealed class DatasetNotes
{
    internal static readonly DatasetNotes None = new([], []);

    internal DatasetNotes(IReadOnlyList<PassedOver> passedOver, IReadOnlyList<string> remarks) =>
        (PassedOver, Remarks) = (passedOver, remarks);

    /// <summary>Files that are not among the images, by reason, the most frequent first.</summary>
    public IReadOnlyList<PassedOver> PassedOver { get; }

    /// <summary>Decisions, one line each.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>The notes of a dataset; a dataset that is not from this library has none.</summary>
    /// <param name="data">The images.</param>
    public static DatasetNotes Of(IDataset data) => DatasetDetails.Of(data).Notes;

    /// <summary>All notes, one line each; one line counts the skipped files by reason.</summary>
    public IEnumerable<string> Lines() => PassedOver.Count == 0 ? Remarks : Remarks.Prepend(Counted());

    /// <summary>What was skipped: the numbers and reasons alone.</summary>
    internal string Reasons() => string.Join(", ", PassedOver.Select(p => string.Create(CultureInfo.InvariantCulture,
        $"{p.Count:N0} {(p.Count == 1 ? Singular(p.Reason) : p.Reason)}")));

    // Reasons follow a number, and it may be 1. What stands behind a colon are names.
    private static string Singular(string reason)
    {
        var words = reason.Split(':', 2);
        words[0] = One.Aggregate(words[0], (text, w) => text.Replace(w.Many, w.One, StringComparison.Ordinal));
        return string.Join(':', words);
    }

    private static readonly (string Many, string One)[] One =
    [
        ("links that lead", "link that leads"), ("links to a folder that they lie", "link to a folder that it lies"),
        ("links in an archive (pack the files themselves)", "link in an archive (pack the file itself)"),
        ("folders of runs", "folder of a run"), ("folders", "folder"), ("pictures made", "picture made"),
        ("further images", "further image"), ("other files", "other file"), ("no images", "no image"), ("their rights", "its rights"),
        ("names that are", "a name that is"), ("convert them", "convert it"),
        ("name them as data to read them", "name it as data to read it"),
    ];

    /// <summary>The notes of several parts together.</summary>
    internal static DatasetNotes Together(IEnumerable<DatasetNotes> parts)
    {
        var notes = parts.ToList();
        var all = new PassedOverCounts();
        foreach (var passed in notes.SelectMany(n => n.PassedOver)) all.Add(passed.Reason, passed.Example, passed.Count);
        return new DatasetNotes(all.ToList(), [.. notes.SelectMany(n => n.Remarks).Distinct()]);
    }

    private string Counted()
    {
        var total = PassedOver.Sum(p => p.Count);
        var example = PassedOver[0].Example;
        return string.Create(CultureInfo.InvariantCulture, $"{total:N0} skipped ({example}{(total > 1 ? ", ..." : "")}): {Reasons()}.");
    }
}

/// <summary>Counts by reason.</summary>
internal sealed class PassedOverCounts
{
    private readonly Dictionary<string, (int Count, string Example)> _counts = [];

    public void Add(string reason, string example, int count = 1) =>
        _counts[reason] = _counts.TryGetValue(reason, out var known) ? (known.Count + count, known.Example) : (count, example);

    public IReadOnlyList<PassedOver> ToList() =>
        [.. _counts.Select(c => new PassedOver(c.Key, c.Value.Count, c.Value.Example))
            .OrderByDescending(p => p.Count).ThenBy(p => p.Reason, StringComparer.Ordinal)];
}
