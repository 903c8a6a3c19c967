using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Tests.Datasets;

public sealed class PackedDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _pack;

    public PackedDatasetTests() => _pack = _folder["x.byolpack"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_goes_in_comes_out(bool labeled)
    {
        var data = new SizedImages("photos", labeled, (1, 1), (5, 4), (64, 33), (3, 300));
        var result = Packs.Pack(data, _pack);
        Assert.Equal((true, 4, new FileInfo(_pack).Length), (result.Finished, result.Images, result.Bytes));
        using var pack = new PackedDataset(_pack);
        Packs.AssertHolds(pack, data, 0, 1, 2, 3);
        Assert.Equal((_pack, "photos", 256, 0), (pack.Name, pack.Source, pack.ShortSide, pack.Unreadable.Count));
        Assert.Equal([_pack], Directory.GetFiles(_folder.Path));
    }

    // docs/PACK.md in numbers: another program reads a pack by these offsets.
    [Fact]
    public void The_file_is_laid_out_as_documented()
    {
        var data = new SizedImages("photos", true, (0, 0), (5, 4));
        Packs.Pack(data, _pack, 99);
        var file = File.ReadAllBytes(_pack);
        Assert.Equal("BYOLPACK", Encoding.ASCII.GetString(file, 0, 8));
        var (header, index, indexLength) = (Int32(12), (int)Int64(40), (int)Int64(48));
        Assert.Equal((1, 99, file.Length, 2 * 48), (Int32(8), Int32(32), index + indexLength, indexLength));
        Assert.Equal((Hash(32, header), Hash(index, file.Length)), (Hex(16), Hex(64)));
        using var description = JsonDocument.Parse(file.AsMemory(128, Int32(36)));
        Assert.Equal("photos", description.RootElement.GetProperty("data").GetString());
        Assert.Equal(data.Classes, description.RootElement.GetProperty("classes").EnumerateArray().Select(c => c.GetString()!));

        var (broken, image) = ((int)Int64(index), (int)Int64(index + 48));
        Assert.Equal((header, 0, 0, index), (broken, broken % 64, image % 64, image + (64 + 60 + Int32(image + 32) + 63) / 64 * 64));
        int[] fields = [.. Enumerable.Range(0, 6).Select(i => Int32(image + 16 + 4 * i))];
        Assert.Equal([1, 1, 5, 4, Encoding.UTF8.GetByteCount(data.ItemName(1)), 0], fields);
        Assert.Equal(fields, Enumerable.Range(0, 6).Select(i => Int32(index + 48 + 8 + 4 * i)));
        Assert.Equal((Hash(image + 16, index), Hash(image + 16, index)), (Hex(image), Hex(index + 48 + 32)));
        Assert.Equal(data.Read(1).Pixels.ToArray(), file[(image + 64)..(image + 124)]);
        Assert.Equal(data.ItemName(1), Encoding.UTF8.GetString(file, image + 124, fields[4]));
        Assert.Equal((0, 0), (Int32(broken + 24), Int32(broken + 28)));
        Assert.Equal($"{data.ItemName(0)}{data.ItemName(0)} is broken",
            Encoding.UTF8.GetString(file, broken + 64, Int32(broken + 32) + Int32(broken + 36)));

        int Int32(int at) => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at));
        long Int64(int at) => BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
        string Hex(int at) => Convert.ToHexString(file[at..(at + 16)]);
        string Hash(int from, int to) => Convert.ToHexString([.. XxHash128.Hash(file[from..to]).Reverse()]);   // canonical, backwards
    }

    [Fact]
    public void Large_images_are_shrunk_and_small_ones_kept()
    {
        var data = new SizedImages("photos", true, (64, 48), (20, 90), (20, 19));
        Packs.Pack(data, _pack, shortSide: 20);
        using var pack = new PackedDataset(_pack);
        Assert.Equal([(26, 20), (20, 90), (20, 19)], Enumerable.Range(0, 3).Select(i => (pack.Read(i).Width, pack.Read(i).Height)));
        Assert.True(Shrink.ToShortSide(data.Read(0), 20).Pixels.Span.SequenceEqual(pack.Read(0).Pixels.Span));
    }

    [Fact]
    public void What_could_not_be_read_is_left_out_and_named()
    {
        var data = new SizedImages("photos", true, (0, 0), (5, 4), (0, 0), (6, 7));
        var result = Packs.Pack(data, _pack);
        using var pack = new PackedDataset(_pack);
        Packs.AssertHolds(pack, data, 1, 3);
        Assert.Equal((2, true), (result.Images, result.Finished));
        Assert.Equal([0, 2], pack.Unreadable.Select(u => u.Name == data.ItemName(0) ? 0 : 2));
        Assert.All(pack.Unreadable, u => Assert.Equal($"{u.Name} is broken", u.Reason));
        Assert.Equal(result.Unreadable.Select(u => (u.Name, u.Reason)), pack.Unreadable.Select(u => (u.Name, u.Reason)));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        Packs.Pack(new SizedImages("photos", true, (50, 40), (30, 60)), _pack);
        using var pack = new PackedDataset(_pack);
        var buffer = new Byol.Data.Images.ImageBuffer();
        pack.Read(1, buffer);
        var least = long.MaxValue;      // of some rounds: the runtime may allocate where it compiles a method again
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) pack.Read(i % 2, buffer);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void Every_truncation_is_found()
    {
        Packs.Pack(new SizedImages("photos", true, (5, 4), (0, 0), (3, 2)), _pack);
        var whole = File.ReadAllBytes(_pack);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_pack, whole[..length]);
            Assert.Contains(_pack, Assert.Throws<InvalidDataException>(() => new PackedDataset(_pack)).Message);
        }
        File.WriteAllBytes(_pack, [.. whole, 0]);
        Assert.Throws<InvalidDataException>(() => new PackedDataset(_pack));
        File.WriteAllBytes(_pack, whole);
        Packs.ReadWhole(_pack);
    }

    [Fact]
    public void A_flipped_bit_in_any_byte_is_found()
    {
        Packs.Pack(new SizedImages("photos", true, (5, 4), (0, 0), (3, 2)), _pack);
        var bytes = File.ReadAllBytes(_pack);
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= (byte)(1 << at % 7);
            File.WriteAllBytes(_pack, bytes);
            Assert.Contains(_pack, Assert.Throws<InvalidDataException>(() => Packs.ReadWhole(_pack)).Message);
            bytes[at] ^= (byte)(1 << at % 7);
        }
    }

    [Fact]
    public void A_damaged_image_is_named_and_the_others_are_read()
    {
        var data = new SizedImages("photos", true, (5, 4), (6, 3), (3, 2));
        Packs.Pack(data, _pack);
        var bytes = File.ReadAllBytes(_pack);
        bytes[bytes.AsSpan().IndexOf(data.Read(1).Pixels.Span) + 7] ^= 1;
        File.WriteAllBytes(_pack, bytes);
        using var pack = new PackedDataset(_pack);
        Assert.Equal((5, 3), (pack.Read(0).Width, pack.Read(2).Width));
        Assert.Contains($"{data.ItemName(1)} in {_pack} is damaged", Assert.Throws<InvalidDataException>(() => pack.Read(1)).Message);
    }

    [Theory]
    [InlineData(0, "begin with BYOLPACK")]
    [InlineData(8, "version 2")]
    public void Another_magic_or_version_says_so(int at, string message)
    {
        Packs.Pack(new SizedImages("photos", true, (5, 4)), _pack);
        var bytes = File.ReadAllBytes(_pack);
        bytes[at] = 2;
        File.WriteAllBytes(_pack, bytes);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => new PackedDataset(_pack)).Message);
        Assert.Equal(at > 0, PackedDataset.IsPack(_pack));
    }

    [Fact]
    public void An_unfinished_pack_says_so()
    {
        Packs.Pack(new SizedImages("photos", true, (5, 4), (5, 4)), _pack, stopAt: 1);
        Assert.Contains("unfinished", Assert.Throws<InvalidDataException>(() => new PackedDataset(_pack + ".partial")).Message);
    }

    // What a hostile file may say with all its checksums right.
    [Theory]
    [InlineData("overflow")]
    [InlineData("negative")]
    [InlineData("gap")]
    [InlineData("overlap")]
    [InlineData("order")]
    [InlineData("label")]
    [InlineData("beyond")]
    public void An_index_that_cannot_be_is_refused(string how)
    {
        var good = new PackRecord(0, 0, 5, 4, 1, 0, 0);
        var (record, offset) = how switch
        {
            "overflow" => (good with { Width = int.MaxValue, Height = int.MaxValue }, 0L),
            "negative" => (good with { NameLength = -64 }, 0L),
            "gap" => (good, 64L),
            "overlap" => (good, -64L),
            "order" => (good with { Position = 1 }, 0L),
            "label" => (good with { Label = 1 }, 0L),
            _ => (good with { Height = 4000 }, 0L),
        };
        Write(new byte[good.Length], [(record, offset)]);
        Assert.Contains(_pack, Assert.Throws<InvalidDataException>(() => new PackedDataset(_pack)).Message);
        File.Delete(_pack);
        Write(new byte[good.Length], [(good, 0)]);
        using var pack = new PackedDataset(_pack);
        Assert.Equal(1, pack.Count);
    }

    [Fact]
    public void Offsets_beyond_2_GB_are_reached()
    {
        var image = Images.Pictures.Noise(9, 8);
        var last = PackRecord.Encode(5, 0, "last", image);
        var large = Enumerable.Range(0, 5).Select(i => new PackRecord(i, 0, 17_000, 17_000, 0, 0, 0)).ToList();   // holes, never read
        Write(last, [.. large.Select((r, i) => (r, (long)i * r.Length)), (PackRecord.Read(last), 5L * large[0].Length)]);
        Assert.True(new FileInfo(_pack).Length > 1L << 32);
        using var pack = new PackedDataset(_pack);
        Assert.Equal((6, "last"), (pack.Count, pack.ItemName(5)));
        Assert.True(image.Pixels.Span.SequenceEqual(pack.Read(5).Pixels.Span));
    }

    // A pack whose records have these entries, at offsets counted from the header; the last one's bytes are given.
    private void Write(byte[] last, params IReadOnlyList<(PackRecord Record, long Offset)> entries)
    {
        var header = new PackHeader(256, 0, "made", ["one"]);
        var start = header.ToBytes().Length;
        var index = new byte[entries.Count * PackRecord.EntryLength];
        for (var i = 0; i < entries.Count; i++)
            entries[i].Record.WriteEntry(index.AsSpan(i * PackRecord.EntryLength), start + entries[i].Offset);
        using var file = File.Create(_pack);
        file.Position = start + (entries.Count > 1 ? entries[^1].Offset : 0);
        file.Write(last);
        var end = file.Position;
        file.Write(index);
        file.Position = 0;
        file.Write((header with { IndexOffset = end, IndexLength = index.Length, IndexHash = XxHash128.HashToUInt128(index) }).ToBytes());
    }
}
