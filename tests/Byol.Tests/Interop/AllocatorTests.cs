using System.Globalization;
using System.Runtime.InteropServices;
using Byol.Interop;

namespace Byol.Tests.Interop;

public sealed class AllocatorTests
{
    // Above the 32 MB from which every block has new pages otherwise. Beside an anchor it fits into one of the 64 MB heaps that threads but the
    // first have; a heap that holds nothing else is given back whatever the options are.
    private const nuint Block = 36 << 20, Anchor = 25 << 20;
    private const int Times = 8, Anchors = 4;

    [Fact]
    public unsafe void A_large_block_that_was_freed_is_handed_out_again_without_new_pages()
    {
        Assert.SkipUnless(Allocator.KeepFreed(), "GNU's allocator is not there, or was told otherwise.");
        var anchors = new List<nint>();
        var least = long.MaxValue;
        for (var i = 0; i < Anchors; i++)
        {
            anchors.Add((nint)NativeMemory.Alloc(Anchor));
            Touch();                            // the first time the kernel has to clear its pages
            var before = PageFaults();
            for (var k = 0; k < Times; k++) Touch();
            least = Math.Min(least, PageFaults() - before);
        }
        foreach (var anchor in anchors) NativeMemory.Free((void*)anchor);
        Assert.True(least < Times * (long)Block / 4096 / 4, $"{least} page faults");

        static void Touch()
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
