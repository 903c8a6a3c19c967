using System.IO.Compression;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Tests.TensorFiles;

/// <summary>Files of torch.save that are damaged or hostile: one line, and nothing in them is run.</summary>
public sealed class TorchFileTests : IDisposable
{
    private static readonly byte[] Six = [.. Enumerable.Range(0, 6).SelectMany(i => BitConverter.GetBytes((float)i))];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_file_is_read()
    {
        using var scope = NewDisposeScope();
        using var file = Open(Pickled.File(Pickled.Tensor(), ("data/0", Six)));
        Assert.Equal(["a"], file.Names);
        TensorAssert.Same(arange(6, ScalarType.Float32).reshape(2, 3), file.Read("a"), "a");
    }

    [Theory]
    [InlineData(1, "K\\x02K\\x02", "K\\x02K\\x01", "1 2 3 4")]   // from the second element on
    [InlineData(0, "K\\x03K\\x02", "K\\x01K\\x03", "0 3 1 4 2 5")]   // transposed
    [InlineData(0, "K\\x02K\\x02", "K\\x03K\\x02", "0 2 3 5")]   // every other column
    [InlineData(5, "", "", "5")]   // a scalar
    [InlineData(2, "K\\x00K\\x03", "K\\x03K\\x01", "")]   // no element
    public void Offsets_and_strides_are_followed(long offset, string shape, string strides, string values)
    {
        using var scope = NewDisposeScope();
        using var file = Open(Pickled.File(Pickled.Tensor(offset: offset, shape: shape, strides: strides), ("data/0", Six)));
        Assert.Equal(values, string.Join(' ', TensorAssert.Floats(file.Read("a"))));
    }

    [Theory]
    [InlineData("\\x80\\x02cos\nsystem\nX\\x01\\x00\\x00\\x00x\\x85R.", "os.system")]
    [InlineData("\\x80\\x02cposix\nsystem\nX\\x01\\x00\\x00\\x00x\\x85R.", "posix.system")]
    [InlineData("\\x80\\x02c__builtin__\neval\nX\\x01\\x00\\x00\\x00x\\x85R.", "__builtin__.eval")]
    [InlineData("\\x80\\x02cbuiltins\nexec\nX\\x01\\x00\\x00\\x00x\\x85R.", "builtins.exec")]
    [InlineData("\\x80\\x02ctorch\nload\nX\\x01\\x00\\x00\\x00x\\x85R.", "torch.load")]
    [InlineData("\\x80\\x02ctorch.storage\n_load_from_bytes\nX\\x01\\x00\\x00\\x00x\\x85R.", "torch.storage._load_from_bytes")]
    [InlineData("\\x80\\x02cnumpy.core.multiarray\nscalar\n)R.", "numpy.core.multiarray.scalar")]
    [InlineData("\\x80\\x02(ios\nsystem\n.", "INST")]
    [InlineData("(S'x'\nios\nsystem\n.", "STRING")]
    [InlineData("\\x80\\x02(cos\nsystem\no.", "os.system")]
    [InlineData("\\x80\\x04X\\x02\\x00\\x00\\x00osX\\x06\\x00\\x00\\x00system\\x93.", "protocol 4")]
    [InlineData("\\x80\\x02X\\x02\\x00\\x00\\x00osX\\x06\\x00\\x00\\x00system\\x93.", "STACK_GLOBAL")]
    [InlineData("\\x80\\x02)\\x81.", "NEWOBJ")]
    [InlineData("\\x80\\x02\\x82\\x01.", "EXT1")]
    [InlineData("\\x80\\x02P0\n.", "PERSID")]
    [InlineData("\\x80\\x02\\xff.", "0xff")]
    [InlineData("\\x80\\x02ccollections\nOrderedDict\n)RX\\x01\\x00\\x00\\x00ab.", "a state")]
    [InlineData("\\x80\\x02]}b.", "a state")]
    [InlineData("\\x80\\x02ccollections\nOrderedDict\n]R.", "call")]
    [InlineData("\\x80\\x02ctorch._utils\n_rebuild_tensor_v2\n)R.", "_rebuild_tensor_v2")]
    [InlineData("\\x80\\x02cevil\u001b[31m\nx\n.", "evil?[31m.x")]
    [InlineData("\\x80\\x02NQ.", "storage")]
    [InlineData("\\x80\\x02h\\x05.", "remembered")]
    [InlineData("\\x80\\x02t.", "no mark")]
    [InlineData("\\x80\\x02((\\x86.", "mark")]
    [InlineData("\\x80\\x02(.", "mark")]
    [InlineData("\\x80\\x02]NNs.", "dictionary")]
    [InlineData("\\x80\\x02NNa.", "list")]
    [InlineData("\\x80\\x02}(Nu.", "dictionary")]
    [InlineData("\\x80\\x02.", "too few values")]
    [InlineData("\\x80\\x02N", "ends early")]
    [InlineData("", "ends early")]
    [InlineData("\\x80\\x02X\\xff\\xff\\xff\\x7fx.", "ends early")]
    [InlineData("\\x80\\x02X\\xff\\xff\\xff\\xffx.", "ends early")]
    [InlineData("\\x80\\x02X\\x01\\x00\\x00\\x00\\xff.", "UTF-8")]
    [InlineData("\\x80\\x02\\x8a\\xff.", "255 bytes")]
    public void A_pickle_of_anything_else_is_refused_by_name(string opcodes, string word) => Refused(Pickled.File(opcodes), word);

    [Theory]
    [InlineData("torch\nComplexFloatStorage", 6, 0, "K\\x02K\\x03", "K\\x03K\\x01", "torch.ComplexFloatStorage")]
    [InlineData("collections\nOrderedDict", 6, 0, "K\\x02K\\x03", "K\\x03K\\x01", "storage")]
    [InlineData("torch\nDoubleStorage", 6, 0, "K\\x02K\\x03", "K\\x03K\\x01", "of another size")]
    [InlineData("torch\nHalfStorage", 6, 0, "K\\x02K\\x03", "K\\x03K\\x01", "of another size")]
    [InlineData("torch\nFloatStorage", 7, 0, "K\\x02K\\x03", "K\\x03K\\x01", "of another size")]
    [InlineData("torch\nFloatStorage", -1, 0, "K\\x02K\\x03", "K\\x03K\\x01", "storage")]
    [InlineData("torch\nFloatStorage", 1L << 62, 0, "K\\x02K\\x03", "K\\x03K\\x01", "overflow")]
    [InlineData("torch\nFloatStorage", 6, 1, "K\\x02K\\x03", "K\\x03K\\x01", "more elements")]
    [InlineData("torch\nFloatStorage", 6, -1, "K\\x02K\\x03", "K\\x03K\\x01", "strides")]
    [InlineData("torch\nFloatStorage", 6, long.MaxValue, "K\\x02K\\x03", "K\\x03K\\x01", "more elements")]
    [InlineData("torch\nFloatStorage", 6, 0, "K\\x03K\\x03", "K\\x03K\\x01", "more elements")]
    [InlineData("torch\nFloatStorage", 6, 0, "K\\x02K\\x03", "K\\x04K\\x01", "more elements")]
    [InlineData("torch\nFloatStorage", 6, 0, "J\\xff\\xff\\xff\\x7fK\\x03", "K\\x00K\\x00",
        "more elements")]   // one number that claims to be six milliards
    [InlineData("torch\nFloatStorage", 6, 0, "J\\xff\\xff\\xff\\xffK\\x03", "K\\x03K\\x01", "below 0")]
    [InlineData("torch\nFloatStorage", 6, 0, "K\\x02K\\x03", "J\\xff\\xff\\xff\\xffK\\x01", "strides")]
    [InlineData("torch\nFloatStorage", 6, 0, "K\\x02K\\x03", "K\\x01", "strides")]
    [InlineData("torch\nFloatStorage", 6, 0, "NK\\x03", "K\\x03K\\x01", "tensor")]
    public void A_tensor_that_does_not_lie_in_its_storage_is_refused(string storage, long count, long offset, string shape, string strides,
        string word) =>
        Refused(Pickled.File(Pickled.Tensor(storage: storage, count: count, offset: offset, shape: shape, strides: strides),
            ("data/0", Six)), word);

    [Fact]
    public void An_archive_of_another_kind_is_refused()
    {
        Refused(Pickled.Zip(CompressionLevel.Optimal, Pickled.Tensor(), ("data/0", Six)), "is compressed");
        Refused(Pickled.Zip(CompressionLevel.SmallestSize, Pickled.Tensor(), ("data/0", new byte[1 << 24])), "is compressed");   // a bomb
        Refused(Pickled.File(Pickled.Tensor()), "a storage that is missing");
        Refused(Pickled.File(Pickled.Tensor(key: "../../etc/passwd"), ("data/0", Six)), "a storage that is missing");
        Refused(Pickled.File(Pickled.Tensor(), ("data/0", Six), ("byteorder", "big"u8.ToArray())), "little-endian");
        Refused(Pickled.File(Pickled.Tensor(), ("data/0", Six), ("constants.pkl", [])), "TorchScript");
        Refused(Pickled.File(Pickled.Tensor(), ("data/0", Six), ("data/0", Six)), "twice");
        Refused(Pickled.File(Pickled.Tensor(), ("data/0", Six), ("byol.json", "[1]"u8.ToArray())), "byol.json");
        Refused(Pickled.File(new string('N', 400_001) + "."), "more than 400000 values");
        Refused(Pickled.File(string.Concat(Enumerable.Repeat("]", 400_001)) + "."), "more than 400000 values");
        Refused(Pickled.File(new string('}', 400_001) + "."), "more than 400000 values");
        Refused(Pickled.File(new string('.', (4 << 20) + 1)), "4194305 bytes");
        Refused([], "shorter than 4 bytes");
        Refused([1, 2, 3, 4, 5], "not a file that torch.save writes");
        Refused(Pickled.Bytes("\\x80\\x02cos\nsystem\nX\\x01\\x00\\x00\\x00x\\x85R."), "os.system");   // a bare pickle
        Refused(Pickled.Bytes("\\x80\\x02N."), "of its own");
    }

    [Fact]
    public void Long_names_are_bounded_and_odd_ones_printed_without_harm()
    {
        var longest = $"X\\x00\\x02\\x00\\x00{new string('a', 512)}";
        var tensor = Pickled.Tensor()["\\x80\\x02}".Length..^2];
        Refused(Pickled.File($"\\x80\\x02}}{longest}}}{tensor}ss.", ("data/0", Six)), "more than 300 characters");
        Refused(Pickled.File(Pickled.Tensor(name: "\u001b[2J", count: 7), ("data/0", Six)), "tensor ?[2J has");
    }

    // A dictionary that holds itself many times over: eight million names from a few kilobytes.
    [Fact]
    public void Dictionaries_that_multiply_are_bounded()
    {
        var tensor = Pickled.Tensor()["\\x80\\x02".Length..^1];
        Refused(Pickled.File($"\\x80\\x02{tensor}q\\x00{Of("00")}q\\x01{Of("01")}q\\x02{Of("02")}.", ("data/0", Six)),
            "more than 50000 items");

        static string Of(string inner) =>
            $"}}({string.Concat(Enumerable.Range(0, 200).Select(i => Pickled.Text($"k{i}") + $"h\\x{inner}"))}u";
    }

    [Fact]
    public void Two_thousand_mutations_are_read_or_refused_and_nothing_else()
    {
        using var scope = NewDisposeScope();
        var sound = Sound();
        var random = new Random(1);
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            var bytes = (byte[])sound.Clone();
            for (var k = random.Next(1, 4); k > 0; k--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(10) == 0) bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                using var file = Open(bytes);
                foreach (var name in file.Names.ToList()) file.Read(name).Dispose();
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 500, 1999);
    }

    [Fact]
    public void Every_length_cut_short_is_refused()
    {
        var sound = Sound();
        for (var length = 0; length < sound.Length; length += 7) Refused(sound[..length], "cannot be read");
    }

    private static byte[] Sound()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        TorchWriter.Write(stream, [("a", ones(2, 3)), ("b.c", zeros(4))], new Dictionary<string, string> { ["k"] = "v" });
        return stream.ToArray();
    }

    private TorchFile Open(byte[] bytes) => new(Made.File(_folder["a.pt"], bytes));

    private void Refused(byte[] bytes, string word)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<InvalidDataException>(() => Open(bytes).Dispose());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bytes.Length + (64L << 20));
        Assert.StartsWith(_folder["a.pt"], e.Message, StringComparison.Ordinal);
        Assert.Contains(word, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain('\u001b', e.Message);
    }
}
