using System.Buffers.Binary;
using System.Text;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Faults.Fuzzing;

/// <summary>Safetensors files: half are damaged anywhere, half in the words of their header, with a length that fits it.</summary>
internal sealed class SafetensorsTarget : IFuzzTarget
{
    private static readonly TextMutation Json = new(
    [
        "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"\"", "{}", "[]", "[[", "{\"a\":", "null", "true", "\"dtype\"", "\"shape\"",
        "\"data_offsets\"", "\"__metadata__\"", "\"F32\"", "\"F64\"", "\"BF16\"", "\"F16\"", "\"I64\"", "\"I32\"", "\"U8\"", "\"BOOL\"",
        "\"weight\"", "\\u0000", "\\ud800", "\ud800", "-", "0,0", "[0,0]", "/*", "\"F32\",\"dtype\":",
    ]);

    private readonly byte[][] _seeds =
    [
        File(([2, 3], ScalarType.Float32), ([5], ScalarType.BFloat16), ([], ScalarType.Int64)),
        File(([0, 4], ScalarType.Byte), ([1, 1, 2], ScalarType.Float64)), File()
    ];

    public string Name => "safetensors";

    public void Prepare(string folder)
    {
    }

    public FuzzInput Mutate(Random random)
    {
        var (sound, other) = (_seeds[random.Next(_seeds.Length)], _seeds[random.Next(_seeds.Length)]);
        return new FuzzInput("x.safetensors",
            random.Next(2) == 0 ? Mutation.Damage(random, sound, other, HeaderEnd(sound)) : WithHeader(random, sound, Json));
    }

    public void Read(string path)
    {
        using var scope = NewDisposeScope();
        using var file = new SafetensorsFile(path);
        foreach (var name in file.Names) file.Read(name);
    }

    public bool IsRefusal(Exception e) => e is InvalidDataException;

    /// <summary>A file with another header; its length fits it nine times in ten.</summary>
    public static byte[] WithHeader(Random random, byte[] sound, TextMutation mutation)
    {
        var end = HeaderEnd(sound);
        var header = Encoding.UTF8.GetBytes(mutation.Damage(random, Encoding.UTF8.GetString(sound.AsSpan(8..end))));
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length + (random.Next(10) == 0 ? random.Next(-9, 10) : 0));
        return [.. length, .. header, .. sound.AsSpan(end)];
    }

    private static int HeaderEnd(byte[] file) => 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file);

    private static byte[] File(params (long[] Shape, ScalarType Type)[] tensors)
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        Safetensors.Write(stream, [.. tensors.Select((t, i) => ($"layer{i}.weight", zeros(t.Shape, t.Type)))],
            new Dictionary<string, string> { ["step"] = "64", ["ü"] = "\"" });
        return stream.ToArray();
    }
}
