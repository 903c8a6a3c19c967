using System.Globalization;
using System.Runtime.InteropServices;
using Byol.Interop;

namespace Byol.Tests.Interop;

public sealed class AllocatorTests
{
    private const nuint Block = 40 << 20;      // above the 32 MB from which blocks are mapped anew otherwise

    [Fact]
    public void A_large_block_that_was_freed_is_handed_out_again_without_new_pages()
    {
        Assert.SkipUnless(Allocator.KeepFreed(), "GNU's allocator is not there, or was told otherwise.");
        Touch();                                // the first time the kernel has to clear its pages
        var before = PageFaults();
        for (var i = 0; i < 8; i++) Touch();
        Assert.True(PageFaults() - before < (long)Block / 4096, $"{PageFaults() - before} page faults");

        static unsafe void Touch()
        {
            var block = (byte*)NativeMemory.Alloc(Block);
            for (nuint i = 0; i < Block; i += 4096) block[i] = 1;
            NativeMemory.Free(block);
        }
    }

    // Field 10 of proc(5)'s stat, counted from the end of the name: faults that needed no disk.
    private static long PageFaults() =>
        long.Parse(File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[7],
            CultureInfo.InvariantCulture);
}
