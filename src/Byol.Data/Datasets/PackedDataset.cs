using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>A pack: decoded images in one file, read through a memory map. <see cref="DatasetPacker"/> makes it;
/// docs/PACK.md is its format.</summary>
/// <remarks>
/// Header and index are checked when it is opened, each image whenever it is read. The pixels are windows into the file: they are valid
/// until <see cref="Dispose"/>, and the file must not be made shorter meanwhile.
/// </remarks>
internal sealed class PackedDataset : IDataset, IDatasetDetails, IDisposable
{
    /// <summary>The usual extension of a pack's name.</summary>
    public const string Extension = ".byolpack";

    private readonly MappedFile _file;
    private readonly long _index;
    private readonly int[] _images, _unreadable;   // entries of the index

    /// <summary>Opens a pack.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is not a pack, is of another version, is unfinished, or is damaged.</exception>
    public PackedDataset(string path)
    {
        Name = path;
        using var handle = File.OpenHandle(path);
        if (RandomAccess.GetLength(handle) == 0) throw new InvalidDataException($"{path} is empty; make a pack with DatasetPacker.Pack.");
        _file = new MappedFile(handle);
        try
        {
            var (header, start) = PackHeader.Read(_file, path);
            (_index, ShortSide, Source, Classes) = (header.IndexOffset, header.ShortSide, header.Data, header.Classes);
            var entries = CheckedCount(header, start);
            (_images, _unreadable) = Entries(entries, start);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file begins as a pack does.</summary>
    /// <param name="path">Any path.</param>
    public static bool IsPack(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 }) return false;   // a pipe would block the program
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[PackHeader.Magic.Length];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(PackHeader.Magic);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The name of the data that was packed.</summary>
    public string Source { get; }

    /// <summary>The longest short side of an image in it, in pixels.</summary>
    public int ShortSide { get; }

    /// <inheritdoc/>
    public int Count => _images.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Images of the data that could not be read when it was packed.</summary>
    /// <exception cref="InvalidDataException">The record of one is damaged.</exception>
    public IReadOnlyList<UnreadableImage> Unreadable => [.. _unreadable.Select(entry =>
    {
        var (record, bytes) = Verified(entry);
        return new UnreadableImage(record.Name(bytes.Span), record.Reason(bytes.Span));
    })];

    /// <inheritdoc/>
    public Image8 Read(int index, ImageBuffer buffer)
    {
        var (record, bytes) = Verified(_images[index]);
        return new Image8(bytes.Slice(PackRecord.HeaderLength, record.PixelBytes), record.Width, record.Height);
    }

    /// <inheritdoc/>
    public int? Label(int index) => Entry(_images[index]).Record.ClassIndex;

    /// <inheritdoc/>
    public string ItemName(int index)
    {
        var (record, offset) = Entry(_images[index]);
        return record.Name(_file.Window(offset, record.Length).Span);
    }

    /// <inheritdoc/>
    public long Size(int index) => Entry(_images[index]).Record.Length;

    /// <summary>Unmaps the file: no image that was read from it may be used afterwards.</summary>
    public void Dispose() => _file.Dispose();

    private (PackRecord Record, ReadOnlyMemory<byte> Bytes) Verified(int entry)
    {
        var (record, offset) = Entry(entry);
        var bytes = _file.Window(offset, record.Length);
        return record.Matches(bytes.Span) ? (record, bytes)
            : throw PackHeader.Damaged($"{record.Name(bytes.Span)} in {Name}", "its bytes do not match their checksum");
    }

    private (PackRecord Record, long Offset) Entry(int entry) =>
        PackRecord.ReadEntry(_file.Window(_index + (long)entry * PackRecord.EntryLength, PackRecord.EntryLength).Span);

    private int CheckedCount(PackHeader header, int start)
    {
        var (offset, length) = (header.IndexOffset, header.IndexLength);
        if (offset == 0)
            throw new InvalidDataException($"{Name} is an unfinished pack; "
                + "repeat the DatasetPacker.Pack that began it, which resumes where it stopped.");
        if (offset < start || offset > _file.Length || length != _file.Length - offset)
            throw PackHeader.Damaged(Name, $"it has {_file.Length} bytes, but an index of {length} bytes at {offset}");
        if (length % PackRecord.EntryLength != 0 || length / PackRecord.EntryLength > Array.MaxLength)
            throw PackHeader.Damaged(Name, $"its index cannot have {length} bytes");
        if (_file.Hash(offset, length) != header.IndexHash) throw PackHeader.Damaged(Name, "its index does not match its checksum");
        return (int)(length / PackRecord.EntryLength);
    }

    // Records lie one after the other, without a gap, in the order of the data.
    private (int[] Images, int[] Unreadable) Entries(int count, long at)
    {
        var (images, unreadable) = (new List<int>(count), new List<int>());
        for (var i = 0; i < count; i++)
        {
            var (record, offset) = Entry(i);
            if (offset != at || !record.IsValid(i) || record.Label >= Classes.Count)
                throw PackHeader.Damaged(Name, $"entry {i} of its index is not valid");
            at += record.Length;
            (record.IsImage ? images : unreadable).Add(i);
        }
        if (at != _index) throw PackHeader.Damaged(Name, $"its images end at {at}, and its index begins at {_index}");
        return ([.. images], [.. unreadable]);
    }
}
