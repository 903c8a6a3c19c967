using System.Buffers.Binary;
using System.Text;
using Byol.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Tests.TensorFiles;

public sealed class SafetensorsFileTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("[]", 0)]
    [InlineData("1", 0)]
    [InlineData("null", 0)]
    [InlineData("{", 0)]
    [InlineData("{}x", 0)]
    [InlineData("{}", 1)]
    [InlineData("{'a':null}", 0)]
    [InlineData("{'a':[]}", 0)]
    [InlineData("{'a':{}}", 0)]
    [InlineData("{'a':{'dtype':'F32','shape':[1]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'shape':[1],'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':null,'shape':[1],'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':7,'shape':[1],'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':'F8','shape':[1],'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':'f32','shape':[1],'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':1,'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':null,'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':['1'],'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,6]}}", 6)]
    [InlineData("{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':[-1,-1],'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4,8]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}", 8)]
    [InlineData("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}", 8)]
    [InlineData("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}}", 12)]
    [InlineData("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}", 8)]
    [InlineData("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}", 8)]
    [InlineData("{'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,0]}}", 0)]
    [InlineData("{'a':{'dtype':'F32','shape':[0,4611686018427387904,4],'data_offsets':[0,0]}}", 0)]
    [InlineData("{'a':{'dtype':'F64','shape':[2305843009213693952],'data_offsets':[0,0]}}", 0)]
    [InlineData("{'a':{'dtype':'U8','shape':[9223372036854775807],'data_offsets':[0,9223372036854775807]}}", 4)]
    [InlineData("{'a':{'dtype':'U8','shape':[99999999999999999999],'data_offsets':[0,4]}}", 4)]
    [InlineData("{'a':{'dtype':'U8','shape':[0],'data_offsets':[9223372036854775807,9223372036854775807]}}", 0)]
    [InlineData("{'__metadata__':7}", 0)]
    [InlineData("{'__metadata__':null}", 0)]
    [InlineData("{'__metadata__':{'a':1}}", 0)]
    [InlineData("{'__metadata__':{'a':null}}", 0)]
    public void A_damaged_header_is_refused(string header, int dataLength)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a"], Bytes(Encoding.UTF8.GetBytes(header.Replace('\'', '"')), dataLength));
        var e = Assert.Throws<InvalidDataException>(() => new SafetensorsFile(folder["a"]));
        Assert.StartsWith(folder["a"], e.Message, StringComparison.Ordinal);
        Assert.EndsWith("use another copy of it.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(40)]
    public void A_file_that_is_cut_short_is_refused(int length)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a"], Sound()[..length]);
        Assert.Throws<InvalidDataException>(() => new SafetensorsFile(folder["a"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 40)]
    [InlineData((8L << 20) + 1)]
    [InlineData((100L << 20) + 1)]
    public void A_header_length_that_cannot_be_is_refused(long claim)
    {
        using var folder = new TemporaryFolder();
        var bytes = Sound();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, claim);
        File.WriteAllBytes(folder["a"], bytes);
        Assert.Contains($"its header claims {claim} bytes",
            Assert.Throws<InvalidDataException>(() => new SafetensorsFile(folder["a"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"\xff\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"a\":{\"dtype\":\"\xc3\",\"shape\":[],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"__metadata__\":{\"a\":\"\xfe\"},\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}")]
    public void Text_that_is_not_utf8_is_refused(string header)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a"], Bytes(Encoding.Latin1.GetBytes(header), 4));
        Assert.Throws<InvalidDataException>(() => new SafetensorsFile(folder["a"]));
    }

    [Fact]
    public void Two_thousand_mutations_are_read_or_refused_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var sound = Sound();
        var random = new Random(1);
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            var bytes = (byte[])sound.Clone();
            for (var k = random.Next(1, 4); k > 0; k--)
            {
                // Mostly the header, where damage can do harm.
                var at = random.Next(random.Next(4) == 0 ? bytes.Length : bytes.Length - 40);
                bytes[at] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)"0123456789{}[],:\"-"[random.Next(18)],
                    _ => (byte)(bytes[at] ^ 1 << random.Next(8)) };
            }
            if (random.Next(10) == 0) bytes = bytes[..random.Next(bytes.Length)];
            File.WriteAllBytes(folder["a"], bytes);
            if (!Try(folder["a"])) refused++;
        }
        Assert.InRange(refused, 1000, 1999);
    }

    [Fact]
    public void A_file_that_does_not_exist_is_said_to_be_missing() =>
        Assert.Throws<FileNotFoundException>(() => new SafetensorsFile("missing.safetensors"));

    private static bool Try(string path)
    {
        using var scope = NewDisposeScope();
        try
        {
            using var file = new SafetensorsFile(path);
            foreach (var name in file.Names.ToList()) file.Read(name);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static byte[] Sound()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        Safetensors.Write(stream, [("a", ones(2, 3)), ("b", zeros([2], ScalarType.Int64))],
            new Dictionary<string, string> { ["format"] = "byol" });
        return stream.ToArray();
    }

    private static byte[] Bytes(byte[] header, int dataLength)
    {
        var bytes = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        return bytes;
    }
}
