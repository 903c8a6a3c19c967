using System.Collections.Concurrent;
using System.IO.Compression;
using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>Images in a zip file, read in place. Folders in it, or .cls files beside images, are labels.</summary>
internal sealed class ZipDataset : ArchiveDataset
{
    private const int MostDeflation = 1100;   // what the format can do is 1032

    private readonly ConcurrentBag<ZipArchive> _archives = [];   // one for each thread that reads, as none may be shared

    /// <summary>Lists the images of a zip file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How images become pixels; null for the defaults.</param>
    /// <exception cref="DatasetException">There is no image in it.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or holds paths that leave it.</exception>
    public ZipDataset(string path, ImageOptions? options = null) : base(path, options)
    {
        var archive = Open();
        try
        {
            Take([Index(archive, new FileInfo(path).Length)]);
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
    protected override ReadOnlyMemory<byte> Bytes(int archive, ArchiveImage image, string fullName, ImageBuffer buffer)
    {
        var zip = _archives.TryTake(out var free) ? free : Open();
        try
        {
            using var entry = zip.Entries[(int)image.At].Open();
            return buffer.ReadStream(entry, image.Length, fullName);
        }
        catch (Exception e) when (IsDamage(e) && !e.Message.StartsWith(fullName, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{fullName} cannot be unpacked ({e.Message.TrimEnd('.')}); copy the archive again.", e);
        }
        finally
        {
            _archives.Add(zip);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        while (_archives.TryTake(out var archive)) archive.Dispose();
    }

    private InvalidDataException Damaged(Exception e) =>
        new($"{Name} is not a whole zip file ({e.Message.TrimEnd('.')}); copy it again.", e);

    // What ZipArchive throws at damaged files.
    private static bool IsDamage(Exception e) => e is InvalidDataException or EndOfStreamException or NotSupportedException
        or ArgumentException or OverflowException or IOException;
}
