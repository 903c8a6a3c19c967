using System.Globalization;
using TorchSharp;
using X86 = System.Runtime.Intrinsics.X86;

namespace Byol.Interop;

/// <summary>Corrects what oneDNN believes of caches that the processor hides.</summary>
/// <remarks>
/// oneDNN 3.7.1, inside libtorch 2.10, asks AMD processors for their caches by CPUID, leaf 8000_001Dh. Many virtual machines answer with
/// zeros; by its formula each of three caches then has one byte, and what it divides by them is 0 or out of range: 1x1 convolutions of
/// 1,024 channels end the process (SIGFPE), others are wrong (pytorch issues 177227 and 153139). For a processor of which it knows
/// nothing, 0 levels of cache, it has a guess of its own. So there, and only there, the number of levels in its record of the processor is
/// set to 0. The record is private; it is found in libtorch's memory by the 21 numbers that it must hold.
/// </remarks>
internal static unsafe class OneDnnCaches
{
    /// <summary>Name of the variable that forces a view where the caches are seen: <c>guessed</c> or <c>hidden</c>, for tests.</summary>
    public const string Variable = "BYOL_FORCE_CACHES";

    // Xbyak::util::Cpu: uint32_t dataCacheSize_[10], coresSharingDataCache_[10], dataCacheLevels_.
    private const int Slots = 10, Levels = 3, Length = 2 * Slots + 1;
    private const uint Leaf = 0x8000001D;

    private static readonly Lazy<CacheView> Corrected = new(CorrectOnce);

    /// <summary>What oneDNN believes, corrected at the first question: once libtorch is loaded, and before its first convolution.</summary>
    public static CacheView View => Corrected.Value;

    private static CacheView CorrectOnce()
    {
        if (Sizes() is not { } sizes) return CacheView.Seen;      // not AMD: hidden caches count as unknown there
        var forced = Environment.GetEnvironmentVariable(Variable);
        var isHidden = sizes.All(s => s == 1);
        if (!isHidden && forced is not ("guessed" or "hidden")) return CacheView.Seen;
        WriteRecord();
        var record = FindRecord(sizes);
        if (record == null) return CacheView.Hidden;
        if (!isHidden) new Span<uint>(record, Levels).Fill(1);     // as if it were
        if (forced == "hidden") return CacheView.Hidden;
        record[Length - 1] = 0;
        return CacheView.Guessed;
    }

    // The sizes of L1, L2 and L3 as oneDNN computes them from CPUID; null if it does not.
    private static uint[]? Sizes()
    {
        if (!X86.X86Base.IsSupported || !IsAmd()) return null;
        return [.. ((int[])[0, 2, 3]).Select(subLeaf =>      // 1 is the cache of instructions
        {
            var (_, b, c, _) = X86.X86Base.CpuId(unchecked((int)Leaf), subLeaf);
            return (Bits(b, 22, 9) + 1) * (Bits(b, 12, 9) + 1) * (Bits(b, 0, 11) + 1) * ((uint)c + 1);
        })];

        static uint Bits(int register, int first, int count) => (uint)register >> first & (1u << count) - 1;
    }

    private static bool IsAmd()
    {
        var (_, b, c, d) = X86.X86Base.CpuId(0, 0);
        return (b, d, c) == (0x68747541, 0x69746e65, 0x444d4163);      // "Auth", "enti", "cAMD"
    }

    // oneDNN writes its record at its first primitive. A 3x3 convolution of few channels is right with any caches; one image alone libtorch
    // would not give to oneDNN where it has one thread.
    private static void WriteRecord()
    {
        using var _ = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        torch.nn.functional.conv2d(torch.ones(2, 8, 8, 8), torch.ones(8, 8, 3, 3));
    }

    // Null if it is not found exactly once.
    private static uint* FindRecord(uint[] sizes)
    {
        if (!OperatingSystem.IsLinux()) return null;
        uint* found = null;
        foreach (var (start, end) in WritableMemory())
        {
            for (var at = (uint*)start; at + Length <= (uint*)end; at++)
            {
                if (!IsRecord(new ReadOnlySpan<uint>(at, Length), sizes)) continue;
                if (found != null) return null;
                found = at;
            }
        }
        return found;
    }

    internal static bool IsRecord(ReadOnlySpan<uint> numbers, ReadOnlySpan<uint> sizes) =>
        numbers[Length - 1] == Levels && numbers.StartsWith(sizes)
            && !numbers[Levels..Slots].ContainsAnyExcept(0u)
            && !numbers.Slice(Slots, Levels).Contains(0u)
            && !numbers[(Slots + Levels)..(Length - 1)].ContainsAnyExcept(0u);

    // libtorch_cpu's variables: what is mapped for writing from its file, and the nameless memory behind that, its .bss.
    private static IEnumerable<(nint Start, nint End)> WritableMemory()
    {
        var isBehind = false;
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            var isFile = fields.Length == 6 && fields[5].EndsWith($"/{Nnpack.Library}", StringComparison.Ordinal);
            if ((isFile || isBehind && fields.Length == 5) && fields[1].StartsWith("rw", StringComparison.Ordinal))
            {
                var range = fields[0].Split('-').Select(a => nint.Parse(a, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
                yield return (range[0], range[1]);
            }
            isBehind = isFile;
        }
    }
}
