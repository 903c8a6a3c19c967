using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Tests.Datasets;

public sealed class DatasetPackerTests : IDisposable
{
    private const int ShortSide = 3;
    private static readonly SizedImages Data = new("photos", true, (5, 4), (8, 6), (0, 0), (3, 2), (1, 1));
    private readonly TemporaryFolder _folder = new();
    private readonly string _pack, _partial;

    public DatasetPackerTests() => (_pack, _partial) = (_folder["x.byolpack"], _folder["x.byolpack.partial"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Threads_do_not_change_a_byte()
    {
        var data = new SizedImages("photos", true, [.. Enumerable.Range(0, 60).Select(i => (i * 37 % 90, 50))]);
        Packs.Pack(data, _pack, 20);
        Packs.Pack(data, _folder["y"], 20, threads: 5);
        Assert.Equal(File.ReadAllBytes(_pack), File.ReadAllBytes(_folder["y"]));
    }

    // Decoded at a quarter, then filtered: the size is that of the whole picture, and hardly a byte differs from filtering all of it.
    [Fact]
    public void A_large_JPEG_is_packed_as_if_it_had_been_decoded_whole()
    {
        var picture = Shrink.Resize(Images.Pictures.Smooth(81, 40), 811, 402);
        var jpeg = Images.PictureFiles.Encode(picture, SkiaSharp.SKEncodedImageFormat.Jpeg, 95);
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(_folder["large"]).FullName, "a.jpg"), jpeg);
        Packs.Pack(new ImageFolder(_folder["large"]), _pack, 40);
        using var pack = new PackedDataset(_pack);
        var (packed, whole) = (pack.Read(0), Shrink.ToShortSide(ImageDecoder.Decode(jpeg, "a.jpg"), 40));
        Assert.Equal((80, 40), (packed.Width, packed.Height));
        Assert.Equal((whole.Width, whole.Height), (packed.Width, packed.Height));
        Assert.InRange(packed.Pixels.ToArray().Zip(whole.Pixels.ToArray(), (a, b) => Math.Abs(a - b)).Average(), 0, 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void An_interrupted_pack_goes_on_to_the_same_bytes(int stopAt)
    {
        var expected = Whole();
        var stopped = Packs.Pack(Data, _pack, ShortSide, stopAt, threads: 3);
        Assert.Equal((false, stopAt), (stopped.Finished, stopped.Images + stopped.Unreadable.Count));
        Assert.Equal([_partial], Directory.GetFiles(_folder.Path, "x.*"));
        var kept = -1;
        var result = DatasetPacker.Pack(Data, _pack, ShortSide, 2, (_, before, _) => kept = before, TestContext.Current.CancellationToken);
        Assert.Equal((stopAt, true, 4, 1), (kept, result.Finished, result.Images, result.Unreadable.Count));
        Assert.Equal(expected, File.ReadAllBytes(_pack));
        Assert.False(File.Exists(_partial));
    }

    [Fact]
    public void A_part_cut_anywhere_goes_on_to_the_same_bytes()
    {
        var expected = Whole();
        for (var length = 0; length <= expected.Length; length += 3) AssertGoesOn(expected[..length], expected);
    }

    [Fact]
    public void What_follows_the_whole_records_of_a_part_is_dropped()
    {
        var expected = Whole();
        AssertGoesOn([.. expected, .. new byte[1000]], expected);
        AssertGoesOn([.. expected[..^100], .. Made.Bytes(500, 1)], expected);
    }

    [Fact]
    public void A_damaged_record_of_a_part_is_made_again()
    {
        var expected = Whole();
        var first = new PackHeader(ShortSide, 0, Data.Name, Data.Classes).ToBytes().Length;
        for (var at = first; at < expected.Length; at += 11)
        {
            var damaged = expected.ToArray();
            damaged[at] ^= 64;
            AssertGoesOn(damaged, expected);
        }
    }

    public static TheoryData<string> OtherJobs => ["name", "short side", "images"];

    [Theory]
    [MemberData(nameof(OtherJobs))]
    public void A_part_of_another_job_is_refused_and_kept(string other)
    {
        Packs.Pack(Data, _pack, ShortSide, stopAt: 2);
        var part = File.ReadAllBytes(_partial);
        var data = other switch
        {
            "name" => new SizedImages("others", true, (5, 4), (8, 6), (0, 0), (3, 2), (1, 1)),
            "images" => new SizedImages("photos", true, (5, 4), (8, 6), (0, 0), (3, 2)),
            _ => Data,
        };
        var message = Assert.Throws<DatasetException>(() => Packs.Pack(data, _pack, other == "short side" ? 4 : ShortSide)).Message;
        Assert.Contains($"{_partial} was begun with photos at short side 3", message);
        Assert.Contains(other switch { "name" => "others", "images" => "have changed", _ => "short side 4" }, message);
        Assert.Equal(part, File.ReadAllBytes(_partial));
    }

    [Fact]
    public void A_file_that_is_no_part_of_a_pack_is_refused_and_kept()
    {
        File.WriteAllText(_partial, "my notes");
        Assert.Contains("in the way", Assert.Throws<DatasetException>(() => Packs.Pack(Data, _pack)).Message);
        Assert.Equal("my notes", File.ReadAllText(_partial));
    }

    [Fact]
    public void A_file_that_exists_is_refused_and_kept()
    {
        File.WriteAllText(_pack, "mine");
        Assert.Contains("exists already", Assert.Throws<DatasetException>(() => Packs.Pack(Data, _pack)).Message);
        Assert.Equal("mine", File.ReadAllText(_pack));
    }

    [Fact]
    public void Two_at_once_do_not_write_one_file()
    {
        using var writer = new PackWriter(_pack, PackHeader.Of(Data, ShortSide));
        Assert.Contains("another process packing to it", Assert.Throws<DatasetException>(() => Packs.Pack(Data, _pack, ShortSide)).Message);
    }

    [Fact]
    public void Where_nothing_can_be_read_nothing_is_left()
    {
        var result = Packs.Pack(new SizedImages("broken", true, (0, 0), (0, 0)), _pack);
        Assert.Equal((true, 0, 2), (result.Finished, result.Images, result.Unreadable.Count));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Progress_counts_every_image()
    {
        var told = new List<(int Done, int Kept, long Bytes)>();
        DatasetPacker.Pack(Data, _pack, ShortSide, 3, (done, kept, bytes) => told.Add((done, kept, bytes)), TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 6), told.Select(t => t.Done));
        Assert.All(told, t => Assert.Equal(0, t.Kept));
        Assert.Equal(told.Select(t => t.Bytes).Order(), told.Select(t => t.Bytes));
    }

    [Fact]
    public void Another_error_than_an_unreadable_image_ends_it_and_keeps_what_is_there()
    {
        var failing = new Failing(Data);
        Assert.Throws<IOException>(() => Packs.Pack(failing, _pack, ShortSide, threads: 4));
        failing.Works = true;
        Packs.Pack(failing, _pack, ShortSide);
        Assert.Equal(Whole(), File.ReadAllBytes(_pack));
    }

    private byte[] Whole()
    {
        if (!File.Exists(_folder["whole"])) Packs.Pack(Data, _folder["whole"], ShortSide);
        return File.ReadAllBytes(_folder["whole"]);
    }

    private void AssertGoesOn(byte[] part, byte[] expected)
    {
        File.Delete(_pack);
        File.WriteAllBytes(_partial, part);
        Packs.Pack(Data, _pack, ShortSide);
        Assert.Equal(expected, File.ReadAllBytes(_pack));
    }

    private sealed class Failing(IDataset inner) : IDataset
    {
        public bool Works { get; set; }

        public string Name => inner.Name;

        public int Count => inner.Count;

        public IReadOnlyList<string> Classes => inner.Classes;

        public Image8 Read(int index, ImageBuffer buffer) =>
            index < 3 || Works ? inner.Read(index, buffer) : throw new IOException("the disk is gone");

        public int? Label(int index) => inner.Label(index);

        public string ItemName(int index) => inner.ItemName(index);
    }
}
