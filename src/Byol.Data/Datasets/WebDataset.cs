using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Byol.Data.Images;
using Microsoft.Win32.SafeHandles;

namespace Byol.Data.Datasets;

/// <summary>Images in tar files as WebDataset has them: <c>KEY.jpg</c> beside <c>KEY.cls</c>.
/// They are read in place, never extracted.</summary>
internal sealed class WebDataset : IDataset, IDisposable
{
    private const int LongestLabel = 16;
    private readonly List<SafeFileHandle> _archives = [];
    private readonly List<Sample> _samples = [];
    private readonly bool _labeled;

    private readonly record struct Sample(int Archive, long Offset, int Length, int Label, string Key);

    /// <summary>Indexes one or more archives by their headers.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="archives">Paths of tar files.</param>
    /// <exception cref="DatasetException">There is no image in them.</exception>
    /// <exception cref="InvalidDataException">An archive is damaged or holds what a dataset must not:
    /// links, devices, paths that leave it.</exception>
    public WebDataset(string name, IReadOnlyList<string> archives)
    {
        Name = name;
        try
        {
            foreach (var archive in archives) Index(archive);
            if (_samples.Count == 0)
            {
                throw new DatasetException(
                    $"{name} holds no image ({string.Join(", ", ImageDecoder.Extensions)}); "
                        + "give WebDataset tars with KEY.jpg and KEY.cls.");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        _labeled = _samples.All(s => s.Label >= 0);
        Classes = _labeled ? ClassNames(_samples.Max(s => s.Label) + 1, name) : [];
    }

    private void Index(string archive)
    {
        var images = new List<(string Key, long Offset, int Length)>();
        var labels = new Dictionary<string, int>();
        using (var stream = File.OpenRead(archive))
        using (var tar = new TarReader(new TarStream(stream)))
        {
            try
            {
                while (tar.GetNextEntry() is { } entry) Note(archive, entry, images, labels);
            }
            catch (Exception e)
                when (IsDamage(e) || (e is InvalidDataException && !e.Message.StartsWith(archive, StringComparison.Ordinal)))
            {
                throw new InvalidDataException($"{archive} is not a whole tar file ({e.Message.TrimEnd('.')}); copy it again.", e);
            }
        }
        var handle = File.OpenHandle(archive);
        var length = RandomAccess.GetLength(handle);
        _archives.Add(handle);
        foreach (var (key, offset, size) in images)
        {
            if (offset + size > length) throw new InvalidDataException($"{archive} ends before {key} does; copy it again.");
            _samples.Add(new Sample(_archives.Count - 1, offset, size, labels.GetValueOrDefault(key, -1), key));
        }
    }

    // What TarReader throws at damaged archives, besides InvalidDataException: numbers out of range, names too long, sparse files.
    private static bool IsDamage(Exception e) =>
        e is EndOfStreamException or FormatException or OverflowException
            or ArgumentException or InvalidOperationException or NotSupportedException;

    private static void Note(string archive, TarEntry entry, List<(string, long, int)> images, Dictionary<string, int> labels)
    {
        if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes) return;
        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            throw new InvalidDataException($"{archive} holds {entry.Name}, a {entry.EntryType}; a dataset holds files only.");
        if (entry.Name.StartsWith('/') || entry.Name.Split('/', '\\').Contains(".."))
            throw new InvalidDataException($"{archive} holds {entry.Name}, a path that leaves the archive; repack it.");

        if (Path.GetFileName(entry.Name).StartsWith('.')) return;   // macOS puts ._KEY.jpg beside KEY.jpg
        var dot = entry.Name.IndexOf('.', entry.Name.LastIndexOf('/') + 1);
        if (dot < 0) return;
        var (key, extension) = (entry.Name[..dot], entry.Name[dot..]);
        if (ImageDecoder.IsImage(extension) && entry.Length is > 0 and <= int.MaxValue)
            images.Add((key, entry.DataOffset, (int)entry.Length));
        if (extension == ".cls") labels[key] = ReadLabel(archive, entry);
    }

    private static int ReadLabel(string archive, TarEntry entry)
    {
        var bytes = new byte[LongestLabel];
        var length = entry.DataStream?.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) ?? 0;
        var text = Encoding.ASCII.GetString(bytes, 0, length).Trim();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var label) && label < 100_000 ? label
            : throw new InvalidDataException($"{archive} holds {entry.Name} with \"{text}\", which is not a class number.");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _samples.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer)
    {
        var sample = _samples[index];
        var name = $"{ItemName(index)} in {Name}";
        return ImageDecoder.Decode(buffer.ReadFile(_archives[sample.Archive], sample.Offset, sample.Length, name), name, buffer);
    }

    /// <inheritdoc/>
    public int? Label(int index) => _labeled ? _samples[index].Label : null;

    /// <inheritdoc/>
    public string ItemName(int index) => _samples[index].Key;

    /// <summary>Closes the archives: no image can be read afterwards.</summary>
    public void Dispose()
    {
        foreach (var archive in _archives) archive.Dispose();
    }

    // The archive has numbers only; a name that starts as a known dataset's gives them its words.
    private static IReadOnlyList<string> ClassNames(int count, string name) =>
        KnownDataset.Find(name.Split(':')[0])?.Classes is { } known && known.Count >= count
            ? known
            : [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
}
