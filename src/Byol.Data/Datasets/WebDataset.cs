using System.Formats.Tar;
using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Images in tar files as WebDataset has them: <c>KEY.jpg</c> beside <c>KEY.cls</c>. They are read in place; a zipped tar is
/// unpacked to a temporary file first.</summary>
internal sealed class WebDataset : ArchiveDataset
{
    private readonly List<FileStream> _archives = [];

    /// <summary>Indexes one or more archives by their headers.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="archives">Paths of tar files.</param>
    /// <param name="options">How images become pixels; null for the defaults.</param>
    /// <exception cref="DatasetException">There is no image in them.</exception>
    /// <exception cref="InvalidDataException">An archive is damaged or holds what a dataset must not: devices, paths that leave
    /// it.</exception>
    public WebDataset(string name, IReadOnlyList<string> archives, ImageOptions? options = null)
        : base(name, options)
    {
        try
        {
            Take([.. archives.Select(Index)]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private ArchiveIndex Index(string archive)
    {
        var file = GzipFile.IsOne(archive) ? GzipFile.Unpack(archive) : File.OpenRead(archive);
        _archives.Add(file);
        var (index, end) = (new ArchiveIndex(archive), 0L);
        using var tar = new TarReader(new TarStream(file), leaveOpen: true);
        try
        {
            while (tar.GetNextEntry() is { } entry) end = Math.Max(end, Add(index, entry));
        }
        catch (Exception e)
            when (IsDamage(e) || (e is InvalidDataException && !e.Message.StartsWith(archive, StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"{archive} is not a whole tar file ({e.Message.TrimEnd('.')}); copy it again.", e);
        }
        return end <= file.Length ? index : throw new InvalidDataException($"{archive} ends before its last image does; copy it again.");
    }

    // What TarReader throws at damaged archives, besides InvalidDataException: numbers out of range, names too long, sparse files.
    private static bool IsDamage(Exception e) =>
        e is EndOfStreamException or FormatException or OverflowException
            or ArgumentException or InvalidOperationException or NotSupportedException;

    // Returns where the entry ends.
    private static long Add(ArchiveIndex index, TarEntry entry)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes:
                return 0;
            case TarEntryType.SymbolicLink or TarEntryType.HardLink:
                index.Pass("links in an archive (pack the files themselves)", entry.Name);
                return 0;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                index.Add(entry.Name, entry.DataOffset, entry.Length, () => entry.DataStream);
                return entry.Length > 0 && ImageDecoder.IsImage(entry.Name) ? entry.DataOffset + entry.Length : 0;
            default:
                throw new InvalidDataException($"{index.Archive} holds {entry.Name}, a {entry.EntryType}; a dataset holds files only.");
        }
    }

    /// <inheritdoc/>
    protected override ReadOnlyMemory<byte> Bytes(int archive, ArchiveImage image, string fullName, ImageBuffer buffer) =>
        buffer.ReadFile(_archives[archive].SafeFileHandle, image.At, image.Length, fullName);

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var archive in _archives) archive.Dispose();
    }
}
