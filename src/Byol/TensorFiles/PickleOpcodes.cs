using System.Globalization;

namespace Byol.TensorFiles;

/// <summary>Names of the opcodes that are refused, so that a refusal says what a file would have done.</summary>
internal static class PickleOpcodes
{
    private static readonly Dictionary<byte, string> Names = new()
    {
        [(byte)'i'] = "INST", [(byte)'o'] = "OBJ", [0x81] = "NEWOBJ", [0x92] = "NEWOBJ_EX", [0x93] = "STACK_GLOBAL", [0x82] = "EXT1",
        [0x83] = "EXT2",
        [0x84] = "EXT4", [(byte)'P'] = "PERSID", [(byte)'I'] = "INT", [(byte)'L'] = "LONG", [0x8b] = "LONG4", [(byte)'F'] = "FLOAT",
        [(byte)'S'] = "STRING",
        [(byte)'T'] = "BINSTRING", [(byte)'U'] = "SHORT_BINSTRING", [(byte)'B'] = "BINBYTES", [(byte)'C'] = "SHORT_BINBYTES",
        [0x8e] = "BINBYTES8",
        [0x96] = "BYTEARRAY8", [0x97] = "NEXT_BUFFER", [0x98] = "READONLY_BUFFER", [(byte)'V'] = "UNICODE", [0x8c] = "SHORT_BINUNICODE",
        [0x8d] = "BINUNICODE8", [(byte)'l'] = "LIST", [(byte)'d'] = "DICT", [0x8f] = "EMPTY_SET", [0x90] = "ADDITEMS", [0x91] = "FROZENSET",
        [0x94] = "MEMOIZE", [0x95] = "FRAME", [(byte)'0'] = "POP", [(byte)'1'] = "POP_MARK", [(byte)'2'] = "DUP", [(byte)'p'] = "PUT",
        [(byte)'g'] = "GET",
    };

    public static string Name(byte code) =>
        Names.TryGetValue(code, out var name) ? $"the pickle opcode {name}"
            : string.Create(CultureInfo.InvariantCulture, $"byte 0x{code:x2}, which is not a pickle opcode");
}
