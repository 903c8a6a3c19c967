using Byol.Runs;

namespace Byol.Tests.Runs;

public sealed class DurableFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_flushed_and_one_that_is_not_there_cannot_be()
    {
        DurableFiles.FlushFolder(_folder.Path);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no call for it.");
        var e = Assert.Throws<IOException>(() => DurableFiles.FlushFolder(_folder["nowhere"]));
        Assert.Contains(_folder["nowhere"], e.Message, StringComparison.Ordinal);
    }

    // Where this fails, folders are not flushed for real.
    [Fact]
    public void The_flush_reaches_the_system()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux's.");
        Assert.Throws<IOException>(() => DurableFiles.FlushFolder(_folder["ü/none"]));
        DurableFiles.MakeFolder(_folder["ü"]);
        DurableFiles.FlushFolder(_folder["ü"]);
        DurableFiles.FlushFolder("/proc/self");   // fsync says EINVAL there, and that is no reason to stop
    }
}
