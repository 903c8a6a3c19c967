using System.Globalization;

namespace Byol.Data.Datasets;

/// <summary>Classes and labels of an archive's images.</summary>
/// <param name="Classes">Their names; empty if images have no labels.</param>
/// <param name="Labels">A label for each image, or null.</param>
/// <param name="Remark">Why there are none although some files hold labels; null if nothing needs to be said.</param>
internal sealed record ArchiveLabels(IReadOnlyList<string> Classes, int[]? Labels, string? Remark)
{
    private const int MostClasses = 100_000;

    /// <summary>Labels from .cls files: class numbers, or else class names; without such files from the folders in the archive.</summary>
    /// <param name="name">The dataset's.</param>
    /// <param name="images">All images.</param>
    public static ArchiveLabels Of(string name, IReadOnlyList<ArchiveImage> images)
    {
        var without = images.Where(i => string.IsNullOrEmpty(i.Label)).ToList();
        if (without.Count == images.Count) return OfFolders(images);
        if (without.Count > 0)
        {
            return None($"{without.Count} of the {images.Count} images of {name} have no .cls, {without[0].Name} among them, "
                + "so no image has a label.");
        }
        var numbers = images.Select(i => Number(i.Label!)).ToList();
        if (numbers.Contains(null)) return OfNames(images.Select(i => i.Label!));
        if (images.FirstOrDefault(i => Number(i.Label!) is < 0 or >= MostClasses) is { Label: { } wrong } image)
            return None($"Label {wrong} of {image.Name} in {name} lies outside 0 to {MostClasses - 1}, so no image has a label.");
        int[] labels = [.. numbers.Select(n => (int)n!.Value)];
        return new ArchiveLabels(ClassNames(labels.Max() + 1, name), labels, null);
    }

    private static ArchiveLabels OfNames(IEnumerable<string> labels)
    {
        var (classes, numbers) = ClassFolders.Number(labels);
        return new ArchiveLabels(classes, numbers, null);
    }

    // A zip of photographs often has all of them in one folder, which tells nothing apart.
    private static ArchiveLabels OfFolders(IReadOnlyList<ArchiveImage> images)
    {
        var common = ClassFolders.Common([.. images.Select(i => i.Name)]).Length;
        var (classes, labels) = ClassFolders.Of(images.Select(i => i.Name[common..]));
        return new ArchiveLabels(classes, labels, null);
    }

    private static ArchiveLabels None(string remark) => new([], null, remark);

    private static long? Number(string label) =>
        label.AsSpan().TrimStart('-').IndexOfAnyExceptInRange('0', '9') >= 0 ? null
        : long.TryParse(label, CultureInfo.InvariantCulture, out var number) ? number
        : long.MaxValue;   // too long for a number, let alone for a class

    // The archive has numbers only; a name that starts as a known dataset's gives them its words.
    private static IReadOnlyList<string> ClassNames(int count, string name) =>
        KnownDataset.Find(name.Split(':')[0])?.Classes is { } known && known.Count >= count
            ? known
            : [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
}
