using System.Runtime.InteropServices;

namespace Byol.Tests.Kernels;

/// <summary>Memory between two pages that may not be touched: whoever reads or writes beside it ends the process.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private readonly byte* _start;
    private readonly nuint _length, _page = (nuint)Environment.SystemPageSize;
    private readonly int _bytes;

    public GuardedMemory(int bytes)
    {
        _bytes = bytes;
        var pages = ((nuint)bytes + _page - 1) / _page + 2;
        _length = pages * _page;
        if (!OperatingSystem.IsLinux())
        {
            _start = (byte*)NativeMemory.AllocZeroed(_length);
            return;
        }
        _start = Map(null, _length, ReadWrite, PrivateAnonymous, -1, 0);
        if (_start == (byte*)-1) throw new InvalidOperationException("mmap failed");
        if (Protect(_start, _page, None) != 0 || Protect(_start + _length - _page, _page, None) != 0)
            throw new InvalidOperationException("mprotect failed");
    }

    /// <summary>The bytes right behind the first guard.</summary>
    public Span<byte> AtStart => new(_start + _page, _bytes);

    /// <summary>The bytes right before the last guard.</summary>
    public Span<byte> AtEnd => new(_start + _length - _page - (nuint)_bytes, _bytes);

    public void Dispose()
    {
        if (OperatingSystem.IsLinux()) _ = Unmap(_start, _length);
        else NativeMemory.Free(_start);
    }

    private const int None = 0, ReadWrite = 3, PrivateAnonymous = 0x22;

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(void* address, nuint length);
}
