using System.Runtime.InteropServices;

namespace Byol.Interop;

/// <summary>How long libtorch's threads wait for work before they sleep.</summary>
/// <remarks>By default a thread of GNU's OpenMP spins for milliseconds after every operation that all threads have shared. Two parallel
/// views keep every core busy, so spinning takes processor time from them: a tenth of a small step (docs/HOUR.md). A thirtieth of that time
/// is still much longer than the pause between two operations.</remarks>
internal static partial class OpenMp
{
    /// <summary>What OpenMP counts down while it looks out; its own is 300,000.</summary>
    internal const string SpinCount = "GOMP_SPINCOUNT", Turns = "10000";

    private const string WaitPolicy = "OMP_WAIT_POLICY";

    /// <summary>Shortens it for this process, unless the environment sets it. OpenMP asks the environment once, when libtorch is loaded;
    /// .NET's own environment is a copy that it does not see.</summary>
    public static void SpinShortly()
    {
        if (!OperatingSystem.IsLinux()) return;
        if (((string[])[SpinCount, WaitPolicy]).Any(name => Environment.GetEnvironmentVariable(name) is not null)) return;
        _ = SetEnvironment(SpinCount, Turns, overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
