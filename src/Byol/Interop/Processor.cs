using X86 = System.Runtime.Intrinsics.X86;

namespace Byol.Interop;

/// <summary>What the processor can do that matters to training speed.</summary>
/// <param name="Avx2">256-bit vectors.</param>
/// <param name="Avx512">512-bit vectors, enabled by the operating system.</param>
/// <param name="Bf16">Bfloat16 dot products (AVX512_BF16).</param>
/// <param name="Amx">Bfloat16 matrix tiles (AMX-BF16).</param>
/// <param name="IsIntel">Whether Intel made it.</param>
internal sealed record Processor(bool Avx2, bool Avx512, bool Bf16, bool Amx, bool IsIntel)
{
    /// <summary>The processor that this process runs on.</summary>
    public static Processor Current { get; } = Detect();

    /// <summary>Whether products in bfloat16 take less time than in fp32. Intel's dot products take twice as long as its fp32: without AMX, which
    /// virtual machines may hide, its bfloat16 only loses (docs/HOUR.md, "Is bf16 faster on every processor that has it?").</summary>
    public bool GainsFromBf16 => Amx || (Bf16 && !IsIntel);

    private static Processor Detect()
    {
        if (!X86.X86Base.IsSupported) return new Processor(false, false, false, false, false);
        // CPUID leaf 0: the maker's name, "GenuineIntel" in EBX, EDX, ECX.
        // Leaf 7: sub-leaf 0 EDX bit 22 is AMX-BF16, sub-leaf 1 EAX bit 5 is AVX512_BF16 (Intel SDM vol. 2A).
        var avx512 = X86.Avx512F.IsSupported && X86.Avx512BW.IsSupported;
        var (_, _, _, features) = X86.X86Base.CpuId(7, 0);
        var (extended, _, _, _) = X86.X86Base.CpuId(7, 1);
        var (_, genu, ntel, ineI) = X86.X86Base.CpuId(0, 0);
        return new Processor(
            X86.Avx2.IsSupported, avx512, avx512 && (extended & 1 << 5) != 0, avx512 && (features & 1 << 22) != 0,
            IsIntel: (genu, ineI, ntel) == (0x756E6547, 0x49656E69, 0x6C65746E));
    }
}
