using System.Collections.Concurrent;
using System.IO.Compression;
using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Images in a zip file, read in place. Folders in it, or .cls files beside images, are labels.</summary>
internal sealed class ZipDataset : IDataset, IDatasetDetails, IDisposable
{
    private const int MostDeflation = 1100;   // what the format can do is 1032

    private readonly ConcurrentBag<ZipArchive> _archives = [];   // one for each thread that reads, as none may be shared
    private readonly ArchiveImages _images;

    /// <summary>Lists the images of a zip file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How images become pixels; null for the defaults.</param>
    /// <exception cref="DatasetException">There is no image in it.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or holds paths that leave it.</exception>
    public ZipDataset(string path, ImageOptions? options = null)
    {
        (Name, Options) = (path, options ?? DatasetDetails.Defaults);
        var archive = Open();
        try
        {
            _images = new ArchiveImages(path, [Index(archive, new FileInfo(path).Length)]);
            _archives.Add(archive);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    private ZipArchive Open()
    {
        try
        {
            return ZipFile.OpenRead(Name);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(e);
        }
    }

    private ArchiveIndex Index(ZipArchive archive, long length)
    {
        var index = new ArchiveIndex(Name);
        try
        {
            for (var i = 0; i < archive.Entries.Count; i++)
            {
                var entry = archive.Entries[i];
                if (entry.FullName.EndsWith('/') || entry.FullName.EndsWith('\\')) continue;
                if (entry.IsEncrypted) index.Pass("encrypted", entry.FullName);
                else if (entry.CompressedLength > length || entry.Length / MostDeflation > entry.CompressedLength)
                    throw new InvalidDataException($"{Name} holds {entry.FullName}, whose lengths cannot be; copy it again.");
                else index.Add(entry.FullName, i, entry.Length, entry.Open);
            }
        }
        catch (Exception e) when (IsDamage(e) && !e.Message.StartsWith(Name, StringComparison.Ordinal))
        {
            throw Damaged(e);
        }
        return index;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _images.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _images.Classes;

    /// <inheritdoc/>
    public DatasetNotes Notes => _images.Notes;

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer)
    {
        var bytes = Bytes(index, buffer);
        return ImageDecoder.Decode(bytes, FullName(index), buffer, Options, page: _images[index].Image.Page);
    }

    /// <inheritdoc/>
    public int? Label(int index) => _images.Label(index);

    /// <inheritdoc/>
    public string ItemName(int index) => _images.Name(index);

    /// <inheritdoc/>
    public ImageOptions Options { get; }

    /// <inheritdoc/>
    public long Size(int index) => _images[index].Image.Length;

    /// <inheritdoc/>
    public int? BitsInUse(int index) => ImageDecoder.BitsInUse(Bytes(index, new ImageBuffer()), _images[index].Image.Page);

    private string FullName(int index) => $"{ItemName(index)} in {Name}";

    private ReadOnlyMemory<byte> Bytes(int index, ImageBuffer buffer)
    {
        var (image, name) = (_images[index].Image, FullName(index));
        var archive = _archives.TryTake(out var free) ? free : Open();
        try
        {
            using var entry = archive.Entries[(int)image.At].Open();
            return buffer.ReadStream(entry, image.Length, name);
        }
        catch (Exception e) when (IsDamage(e) && !e.Message.StartsWith(name, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{name} cannot be unpacked ({e.Message.TrimEnd('.')}); copy the archive again.", e);
        }
        finally
        {
            _archives.Add(archive);
        }
    }

    /// <summary>Closes the file: no image can be read afterwards.</summary>
    public void Dispose()
    {
        while (_archives.TryTake(out var archive)) archive.Dispose();
    }

    private InvalidDataException Damaged(Exception e) =>
        new($"{Name} is not a whole zip file ({e.Message.TrimEnd('.')}); copy it again.", e);

    // What ZipArchive throws at damaged files.
    private static bool IsDamage(Exception e) => e is InvalidDataException or EndOfStreamException or NotSupportedException
        or ArgumentException or OverflowException or IOException;
}
