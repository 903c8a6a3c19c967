using System.Buffers;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Byol.Data.Datasets;

/// <summary>A file of any length in memory, read only, as windows that need no allocation.</summary>
/// <remarks>A span has at most 2 GB: windows of that length begin at every GB, so what has 1 GB or less lies whole in the one it begins in.
/// Spans keep nothing alive, so the file stays mapped until it is disposed of; without that, to the end of the process.</remarks>
internal sealed unsafe class MappedFile : IDisposable
{
    private const int WindowShift = 30, HashedAtOnce = 1 << 20;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Section[] _sections;

    /// <summary>Maps a file.</summary>
    /// <param name="file">Not empty; the caller's, and may be closed afterwards.</param>
    public MappedFile(SafeFileHandle file)
    {
        Length = RandomAccess.GetLength(file);
        using var mapped = MemoryMappedFile.CreateFromFile(
            file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = mapped.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);   // a reference more: the finalizer does not unmap
        start += _view.PointerOffset;
        _sections = [.. Enumerable.Range(0, (int)((Length - 1) >> WindowShift) + 1).Select(i => (long)i << WindowShift)
            .Select(offset => new Section((nint)start + (nint)offset, (int)Math.Min(int.MaxValue, Length - offset)))];
    }

    /// <summary>Bytes of the file when it was mapped.</summary>
    public long Length { get; }

    /// <summary>A part of the file.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="length">At most 1 GB; the part must lie within the file.</param>
    public ReadOnlyMemory<byte> Window(long offset, int length) =>
        _sections[offset >> WindowShift].Memory.Slice((int)(offset & ((1L << WindowShift) - 1)), length);

    /// <summary>XxHash128 of a part of any length.</summary>
    public UInt128 Hash(long offset, long length)
    {
        var hash = new XxHash128();
        for (var done = 0L; done < length; done += HashedAtOnce)
            hash.Append(Window(offset + done, (int)Math.Min(HashedAtOnce, length - done)).Span);
        return hash.GetCurrentHashAsUInt128();
    }

    public void Dispose()
    {
        if (_view.SafeMemoryMappedViewHandle.IsClosed) return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }

    private sealed class Section(nint start, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new((void*)start, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)start + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
