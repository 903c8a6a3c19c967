using System.Runtime.InteropServices;

namespace Byol.Interop;

/// <summary>Whether memory that libtorch frees goes back to the operating system at once.</summary>
/// <remarks>GNU's allocator asks the kernel for new pages for every block of more than 32 MB, and gives back what is free at the end of its
/// heap. A step frees and takes the same blocks over and over, and the kernel clears every page each time (docs/HOUR.md counts them). With
/// this setting the process holds its peak until it ends. The heaps of threads but the first are given back whenever they are
/// empty.</remarks>
internal static partial class Allocator
{
    /// <summary>Set to <c>usual</c>, it leaves the allocator as it comes.</summary>
    internal const string Switch = "BYOL_ALLOCATOR";

    private const int TrimThreshold = -1, MapThreshold = -3;      // of malloc.h
    private static readonly string[] Told = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES", "LD_PRELOAD"];

    /// <summary>Keeps freed memory for this process, unless the environment sets it.</summary>
    /// <returns>Whether it is kept.</returns>
    public static bool KeepFreed()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Switch) == "usual") return false;
        if (Told.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 })) return false;
        try
        {
            return SetOption(MapThreshold, int.MaxValue) == 1 && SetOption(TrimThreshold, int.MaxValue) == 1;
        }
        catch (EntryPointNotFoundException)
        {
            return false;       // musl has no such option
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
