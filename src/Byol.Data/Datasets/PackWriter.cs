using System.IO.Hashing;

namespace Byol.Data.Datasets;

/// <summary>Writes a pack under the name FILE.partial, which becomes FILE when it is whole.
/// What an interrupted run left there is resumed.</summary>
internal sealed class PackWriter : IDisposable
{
    private const int BufferSize = 1 << 20;
    private readonly string _path, _partial;
    private readonly PackHeader _header;
    private readonly FileStream _file;
    private readonly List<(PackRecord Record, long Offset)> _records = [];
    private readonly List<UnreadableImage> _unreadable = [];

    /// <summary>Begins a pack, or resumes the part of it that is there:
    /// its whole records are kept, what follows them is dropped.</summary>
    /// <param name="path">The file that it becomes.</param>
    /// <param name="header">What is packed and how.</param>
    /// <exception cref="DatasetException">The part was begun from other data or with another short side,
    /// or another process writes it.</exception>
    public PackWriter(string path, PackHeader header)
    {
        (_path, _partial, _header) = (path, path + ".partial", header);
        _file = Locked(_partial);
        try
        {
            if (_file.Length > 0) Resume();
            if (_records.Count == 0) Begin();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Records so far: images, and those that could not be read.</summary>
    public int Count => _records.Count;

    /// <summary>Images so far that could not be read.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable => _unreadable;

    /// <summary>Bytes so far.</summary>
    public long Length => _file.Position;

    /// <summary>Writes the next record.</summary>
    /// <param name="bytes">A whole record, made by <see cref="PackRecord"/>.</param>
    public void Add(byte[] bytes)
    {
        Note(PackRecord.Read(bytes), _file.Position, bytes);
        _file.Write(bytes);
    }

    /// <summary>Writes the index, then the header that names it, and gives the file its name:
    /// each is on the disk before the next begins.</summary>
    public void Finish()
    {
        var offset = _file.Position;
        var hash = new XxHash128();
        var entry = new byte[PackRecord.EntryLength];
        foreach (var (record, at) in _records)
        {
            record.WriteEntry(entry, at);
            hash.Append(entry);
            _file.Write(entry);
        }
        _file.Flush(flushToDisk: true);
        var whole = _header with
        {
            IndexOffset = offset,
            IndexLength = _file.Position - offset,
            IndexHash = hash.GetCurrentHashAsUInt128()
        };
        _file.Position = 0;
        _file.Write(whole.ToBytes());
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(_partial, _path);
    }

    /// <summary>Removes the part.</summary>
    public void Discard()
    {
        _file.Dispose();
        File.Delete(_partial);
    }

    /// <summary>Closes the file; a part that is not finished stays, to be resumed.</summary>
    public void Dispose() => _file.Dispose();

    private static FileStream Locked(string partial)
    {
        try
        {
            return new FileStream(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, BufferSize);
        }
        catch (IOException e) when (File.Exists(partial))
        {
            throw new DatasetException(
                $"{partial} cannot be opened ({e.Message.TrimEnd('.')}); "
                    + "is another process packing to it? Wait for it, or choose another path.");
        }
    }

    private void Begin()
    {
        _file.SetLength(0);
        _file.Write(_header.ToBytes());
    }

    private void Resume()
    {
        long end;
        using (var part = new MappedFile(_file.SafeFileHandle))
        {
            var start = _header.ToBytes().Length;
            RequireSame(part, start);
            for (end = start; end + PackRecord.HeaderLength <= part.Length;)
            {
                var record = PackRecord.Read(part.Window(end, PackRecord.HeaderLength).Span);
                if (!record.IsValid(Count) || record.Length > part.Length - end) break;
                var bytes = part.Window(end, record.Length).Span;
                if (!record.Matches(bytes)) break;
                Note(record, end, bytes);
                end += record.Length;
            }
        }
        if (Count == 0) return;
        _file.SetLength(end);
        _file.Position = 0;
        _file.Write(_header.ToBytes());   // a run may have ended between writing the last header and the rename
        _file.Position = end;
    }

    private void RequireSame(MappedFile part, int start)
    {
        if (_header.Begins(part.Window(0, (int)Math.Min(part.Length, start)).Span)) return;
        PackHeader begun;
        try
        {
            (begun, _) = PackHeader.Read(part, _partial);
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException($"{_partial} is in the way: {e.Message.Split(';')[0]}; delete it, or choose another path.");
        }
        var changed = (begun.Data, begun.ShortSide) == (_header.Data, _header.ShortSide) ? ", whose images have changed since" : "";
        throw new DatasetException($"{_partial} was begun with {begun.Data} at short side {begun.ShortSide}, and this is {_header.Data} "
            + $"at short side {_header.ShortSide}{changed}; delete it, or choose another path.");
    }

    private void Note(PackRecord record, long offset, ReadOnlySpan<byte> bytes)
    {
        _records.Add((record, offset));
        if (!record.IsImage) _unreadable.Add(new UnreadableImage(record.Name(bytes), record.Reason(bytes)));
    }
}
