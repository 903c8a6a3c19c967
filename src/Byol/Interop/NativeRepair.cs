using System.Buffers.Binary;
using System.Text;

namespace Byol.Interop;

/// <summary>Edits the ELF tables of TorchSharp's native library so that it loads with an older libstdc++.</summary>
/// <remarks>
/// The library asks for <c>GLIBCXX_3.4.32</c> because of one symbol, <c>std::ios_base_library_init()</c>: a marker by which newer
/// compilers leave the initialization of the standard streams to libstdc++ itself. An older libstdc++ initializes them from every
/// translation unit, so there is nothing to call. Two edits do it: the version requirement becomes weak, and the one symbol is bound
/// to a harmless function of no arguments which the file imports already.
/// </remarks>
internal static class NativeRepair
{
    private const string NewVersion = "GLIBCXX_3.4.32";
    private const string NewSymbol = "_ZSt21ios_base_library_initv";
    private const string HarmlessSymbol = "_ZNSt6chrono3_V212steady_clock3nowEv";

    private const uint DynamicSymbols = 11, VersionNeeds = 0x6ffffffe, SymbolVersions = 0x6fffffff;
    private const int SymbolSize = 24;
    private const ushort WeakFlag = 2;
    private static ReadOnlySpan<byte> Magic => [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];   // 64-bit, little-endian

    /// <summary>Repairs the file in place.</summary>
    /// <param name="elf">A whole 64-bit little-endian ELF file.</param>
    /// <returns>False, with the bytes untouched, where the file is not of the form that this repair knows.</returns>
    public static bool TryRepair(Span<byte> elf)
    {
        try
        {
            return elf.Length >= 64 && elf.StartsWith(Magic) && Rebind(elf);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return false;   // its tables point outside the file
        }
    }

    private static bool Rebind(Span<byte> elf)
    {
        if (FindSection(elf, DynamicSymbols) is not { } symbols
            || FindSection(elf, SymbolVersions) is not { } versions
            || FindSection(elf, VersionNeeds) is not { } needs) return false;
        var strings = Section(elf, symbols.Link);

        var (unwanted, harmless) = (-1, -1);
        for (var i = 0; i < symbols.Size / SymbolSize; i++)
        {
            var name = Text(elf, strings, U32(elf, symbols.Offset + i * SymbolSize));
            if (name.SequenceEqual(Encoding.ASCII.GetBytes(NewSymbol))) unwanted = i;
            if (name.SequenceEqual(Encoding.ASCII.GetBytes(HarmlessSymbol))) harmless = i;
        }
        if (unwanted < 0 || harmless < 0 || FindNeed(elf, needs) is not { } flags) return false;

        BinaryPrimitives.WriteUInt16LittleEndian(elf[flags..], WeakFlag);
        elf.Slice(symbols.Offset + harmless * SymbolSize, 4).CopyTo(elf[(symbols.Offset + unwanted * SymbolSize)..]);
        elf.Slice(versions.Offset + harmless * 2, 2).CopyTo(elf[(versions.Offset + unwanted * 2)..]);
        return true;
    }

    // Elf64_Verneed { u16 version, u16 count, u32 file, u32 aux, u32 next }
    // owns Elf64_Vernaux { u32 hash, u16 flags, u16 other, u32 name, u32 next }.
    private static int? FindNeed(ReadOnlySpan<byte> elf, SectionHeader needs)
    {
        var strings = Section(elf, needs.Link);
        var wanted = Encoding.ASCII.GetBytes(NewVersion);
        for (var need = needs.Offset; ; need += (int)U32(elf, need + 12))
        {
            for (var aux = need + (int)U32(elf, need + 8); ; aux += (int)U32(elf, aux + 12))
            {
                if (Text(elf, strings, U32(elf, aux + 8)).SequenceEqual(wanted)) return aux + 4;
                if (U32(elf, aux + 12) == 0) break;
            }
            if (U32(elf, need + 12) == 0) return null;
        }
    }

    private readonly record struct SectionHeader(uint Type, int Offset, int Size, int Link);

    private static SectionHeader? FindSection(ReadOnlySpan<byte> elf, uint type)
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(elf[60..]);
        for (var i = 0; i < count; i++)
        {
            if (Section(elf, i) is var section && section.Type == type) return section;
        }
        return null;
    }

    private static SectionHeader Section(ReadOnlySpan<byte> elf, int index)
    {
        var at = elf[((int)U64(elf, 40) + index * 64)..];
        return new SectionHeader(U32(at, 4), (int)U64(at, 24), (int)U64(at, 32), (int)U32(at, 40));
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> elf, SectionHeader strings, uint offset)
    {
        var tail = elf.Slice(strings.Offset, strings.Size)[(int)offset..];
        return tail[..tail.IndexOf((byte)0)];
    }

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
