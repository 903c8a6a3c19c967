using System.Text;
using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>One image of an archive.</summary>
/// <param name="Name">Its key, or its whole name where the key has several images.</param>
/// <param name="At">Where it lies: an offset, or which entry it is.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Page">Which of a TIFF's images, from 0.</param>
/// <param name="Label">What its .cls says; null if it has none.</param>
internal readonly record struct ArchiveImage(string Name, long At, int Length, int Page, string? Label);

/// <summary>What an archive holds, as WebDataset names it: files of one sample share a key, which ends at the first dot of the file's
/// name.</summary>
/// <param name="archive">The name in messages.</param>
internal sealed class ArchiveIndex(string archive)
{
    /// <summary>The longest label that is read, in bytes.</summary>
    public const int LongestLabel = 256;

    private const string LabelEnding = ".cls";

    private readonly List<Sample> _samples = [];
    private readonly Dictionary<string, List<Sample>> _byKey = new(StringComparer.Ordinal);
    private readonly PassedOverCounts _passed = new();
    private readonly List<string> _remarks = [];

    private sealed record Sample(string Key, int Number)
    {
        public List<(string Ending, long At, int Length, int Pages)> Images { get; } = [];

        public List<(string Ending, string Text)> Labels { get; } = [];

        public bool Has(string ending) => Images.Exists(i => Same(i.Ending, ending)) || Labels.Exists(l => Same(l.Ending, ending));

        public string? Label => Labels.Count == 0 ? null : Labels.MinBy(l => l.Ending.Length).Text;

        private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The name in messages.</summary>
    public string Archive => archive;

    /// <summary>What is not among the images.</summary>
    public DatasetNotes Notes => new(_passed.ToList(), [.. _remarks]);

    /// <summary>Takes a file.</summary>
    /// <param name="path">Its name; archives of Windows may have \ between folders.</param>
    /// <param name="at">Where it lies.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="content">Opens it; only labels are read.</param>
    /// <exception cref="InvalidDataException">Its path leaves the archive.</exception>
    public void Add(string path, long at, long length, Func<Stream?> content)
    {
        var name = path.Replace('\\', '/');
        if (name.StartsWith('/') || name.Split('/').Contains(".."))
            throw new InvalidDataException($"{archive} holds {path}, a path that leaves the archive; repack it.");
        if (Path.GetFileName(name).StartsWith('.'))   // macOS puts ._KEY.jpg beside KEY.jpg
        {
            Pass("hidden", name);
            return;
        }
        if (name.Split('/')[..^1].Any(FileKinds.IsOfOtherPrograms))
        {
            Pass("in folders of thumbnails or trash", name);
            return;
        }
        var dot = name.IndexOf('.', name.LastIndexOf('/') + 1);
        var (key, ending) = dot < 0 ? (name, "") : (name[..dot], name[dot..]);
        if (ImageDecoder.IsImage(ending) && length == 0) Pass("empty", name);
        else if (ImageDecoder.IsImage(ending) && length > Array.MaxLength) Pass("too long", name);
        else if (ImageDecoder.IsImage(ending)) Of(key, ending).Images.Add((ending, at, (int)length, Pages(ending, content)));
        else if (ending.EndsWith(LabelEnding, StringComparison.OrdinalIgnoreCase)) Of(key, ending).Labels.Add((ending, Text(content())));
        else if (!IsOfSample(ending)) Pass(FileKinds.Reason(name), name);
    }

    /// <summary>Counts a file that is not an image.</summary>
    public void Pass(string reason, string name) => _passed.Add(reason, name);

    /// <summary>The images, in the archive's order.</summary>
    /// <exception cref="InvalidDataException">A key stands for several samples, and it cannot be told which label is whose.</exception>
    public IReadOnlyList<ArchiveImage> Images()
    {
        var repeated = _byKey.Where(k => k.Value.Count > 1).ToList();
        foreach (var (key, several) in repeated) RequireApart(key, several);
        if (repeated.Count > 0)
        {
            var key = repeated[0].Key;
            _remarks.Add($"{archive} holds {key} {repeated[0].Value.Count} times; the others are called {key}(2) and so on"
                + $"{(repeated.Count > 1 ? $". So it does {repeated.Count - 1} more" : "")}.");
        }
        return [.. _samples.SelectMany(OfSample).OrderBy(i => i.At)];
    }

    private IEnumerable<ArchiveImage> OfSample(Sample sample)
    {
        // KEY.seg.png beside KEY.jpg is a mask; where no ending is plain, all of them are images.
        var isPlain = sample.Images.Exists(i => i.Ending.LastIndexOf('.') == 0);
        var images = sample.Images.FindAll(i => !isPlain || i.Ending.LastIndexOf('.') == 0);
        foreach (var other in sample.Images.Except(images))
            Pass("further images of a sample (KEY.seg.png beside KEY.jpg)", sample.Key + other.Ending);
        return from image in images
               let name = sample.Key + (images.Count > 1 ? image.Ending : "") + (sample.Number > 1 ? $"({sample.Number})" : "")
               from page in Enumerable.Range(0, image.Pages)
               select new ArchiveImage(image.Pages > 1 ? $"{name}#{page + 1}" : name, image.At, image.Length, page, sample.Label);
    }

    private void RequireApart(string key, List<Sample> several)
    {
        if (several.Exists(s => s.Images.Count == 0) || several.Exists(s => (s.Label is null) != (several[0].Label is null)))
        {
            throw new InvalidDataException(
                $"{archive} holds {key} {several.Count} times, and it cannot be told which label is whose; "
                    + "repack it with a key for each image.");
        }
    }

    // A file that the sample has already begins another of the same key.
    private Sample Of(string key, string ending)
    {
        if (!_byKey.TryGetValue(key, out var samples)) _byKey[key] = samples = [];
        if (samples.Count == 0 || samples[^1].Has(ending))
        {
            samples.Add(new Sample(key, samples.Count + 1));
            _samples.Add(samples[^1]);
        }
        return samples[^1];
    }

    // What WebDatasets keep beside an image and its label.
    private static bool IsOfSample(string ending) => ending.ToLowerInvariant() is ".json" or ".txt" or ".caption";

    // Counting needs to go to and fro in the file, which zipped ones do not allow.
    private static int Pages(string ending, Func<Stream?> content)
    {
        if (!TiffPages.MayBe(ending) || content() is not { } stream) return 1;
        if (stream.CanSeek) return TiffPages.Count(stream);
        using var whole = new MemoryStream();
        using (stream) stream.CopyTo(whole);
        return TiffPages.Count(whole);
    }

    private static string Text(Stream? content)
    {
        var bytes = new byte[LongestLabel];
        var length = content?.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) ?? 0;
        return Encoding.UTF8.GetString(bytes, 0, length).Trim().Trim('\0');
    }
}
