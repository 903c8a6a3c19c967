using System.Runtime.InteropServices;
using Byol.Interop;

namespace Byol.Tests.Interop;

public sealed partial class OpenMpTests
{
    [Fact]
    public void Its_threads_look_out_for_work_for_a_short_time_unless_told_otherwise()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "GNU's OpenMP is that of Linux.");
        TorchRuntime.Initialize();
        var told = Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") ?? Environment.GetEnvironmentVariable("OMP_WAIT_POLICY");
        var expected = told is null ? "10000" : Environment.GetEnvironmentVariable("GOMP_SPINCOUNT");
        Assert.Equal(expected, Marshal.PtrToStringUTF8(GetEnvironment("GOMP_SPINCOUNT")));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr GetEnvironment(string name);
}
