using System.Runtime.InteropServices;
using System.Text;
using Byol.Encoders;

namespace Byol.Export;

/// <summary>The constants of an ONNX model, looked at without running it.</summary>
/// <remarks>A model may have 2 GiB: its messages are walked through in place, for the few fields that matter.</remarks>
internal static class OnnxWeights
{
    private const int Graph = 7, Initializer = 5, DataType = 2, TensorName = 8, RawData = 9, Float = 1;

    /// <summary>Throws where a constant in fp32 holds NaN or an infinity.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="model">All of its bytes.</param>
    /// <exception cref="InvalidDataException">One does, or the bytes are not a model; the message names the tensor.</exception>
    public static void RequireFinite(string path, ReadOnlySpan<byte> model)
    {
        try
        {
            for (var rest = model; Next(ref rest, out var field, out _, out var graph);)
            {
                if (field != Graph) continue;
                while (Next(ref graph, out field, out _, out var tensor))
                {
                    if (field == Initializer) RequireFiniteTensor(path, tensor);
                }
            }
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException($"{path} is not a whole ONNX model; use another copy of it.", e);
        }
    }

    private static void RequireFiniteTensor(string path, ReadOnlySpan<byte> tensor)
    {
        var (name, type) = ("", 0UL);
        var data = ReadOnlySpan<byte>.Empty;
        while (Next(ref tensor, out var field, out var number, out var content))
        {
            if (field == DataType) type = number;
            else if (field == TensorName) name = Encoding.UTF8.GetString(content);
            else if (field == RawData) data = content;
        }
        if (type == Float) FiniteWeights.Require(path, name, MemoryMarshal.Cast<byte, float>(data));
    }

    // A field's number with its value: of wire type 0 a number, of the others bytes. Slices throw where they would leave the message.
    private static bool Next(scoped ref ReadOnlySpan<byte> message, out int field, out ulong number, out ReadOnlySpan<byte> content)
    {
        (field, number) = (0, 0);
        content = default;
        if (message.IsEmpty) return false;
        var key = Varint(ref message);
        field = (int)(key >> 3);
        var wire = key & 7;
        if (wire == 0)
        {
            number = Varint(ref message);
            return true;
        }
        var length = wire switch { 1 => 8, 2 => (long)Varint(ref message), 5 => 4, _ => -1 };
        content = message[..(int)Math.Min(length, int.MaxValue)];
        message = message[content.Length..];
        return true;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = message[..1][0];
            message = message[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) break;
        }
        return value;
    }
}
