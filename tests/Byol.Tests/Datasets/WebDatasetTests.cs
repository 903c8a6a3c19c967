using System.Formats.Tar;
using System.Text;
using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

public sealed class WebDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void Images_and_labels_are_read_in_place(TarEntryFormat format)
    {
        var data = Open(Made.Tar(format, ("a/0001.png", Made.Png(16, 1)),
            ("a/0001.cls", Made.Text("2")), ("a/0002.cls", Made.Text("0\n")), ("a/0002.png", Made.Png(8, 2))));
        Assert.Equal((2, 3), (data.Count, data.Classes.Count));
        Assert.Equal(["a/0001", "a/0002"], [data.ItemName(0), data.ItemName(1)]);
        Assert.Equal([2, 0], [data.Label(0)!.Value, data.Label(1)!.Value]);
        Assert.Equal(Made.Image(16, 1).Pixels.ToArray(), data.Read(0).Pixels.ToArray());
        Assert.Equal(Made.Image(8, 2).Pixels.ToArray(), data.Read(1).Pixels.ToArray());
        Assert.Equal(["x.tar"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(f => Path.GetFileName(f)));
    }

    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void Long_names_are_whole(TarEntryFormat format)
    {
        var key = $"{new string('d', 120)}/{new string('k', 180)}ü";
        Assert.Equal(key, Open(Made.Tar(format, ($"{key}.png", Made.Png()))).ItemName(0));
    }

    [Fact]
    public void A_name_that_claims_to_be_huge_is_refused_whatever_its_checksum_says()
    {
        var tar = Made.Tar(TarEntryFormat.Gnu, ($"{new string('k', 180)}.png", Made.Png()));
        Assert.Equal('L', (char)tar[156]);
        "17777777777"u8.CopyTo(tar.AsSpan(124));   // and the checksum is left as it was
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("an entry for a long name claims", Assert.Throws<InvalidDataException>(() => Open(tar)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void Several_archives_follow_one_another()
    {
        var files = Enumerable.Range(0, 3)
            .Select(a => Made.File(_folder[$"t{a}.tar"], Made.Tar(($"{a}.png", Made.Png(8, a)), ($"{a}.cls", Made.Text($"{a}"))))).ToList();
        var data = new WebDataset("x", files);
        for (var a = 0; a < 3; a++)
        {
            Assert.Equal(($"{a}", a), (data.ItemName(a), data.Label(a)));
            Assert.Equal(Made.Image(8, a).Pixels.ToArray(), data.Read(a).Pixels.ToArray());
        }
    }

    [Theory]
    [InlineData("k.png", "k")]
    [InlineData("k.PNG", "k")]
    [InlineData("k.with.dots.png", "k")]
    [InlineData("folder.with.dots/k.png", "folder.with.dots/k")]
    [InlineData("./k.png", "./k")]
    [InlineData("with space/ü.jpeg", "with space/ü")]
    public void The_key_ends_at_the_first_dot_of_the_file_name(string file, string key) =>
        Assert.Equal(key, Open(Made.Tar((file, Made.Png()))).ItemName(0));

    [Fact]
    public void One_missing_label_leaves_all_without()
    {
        var data = Open(Made.Tar(("a.png", Made.Png()), ("a.cls", Made.Text("1")), ("b.png", Made.Png())));
        Assert.Equal((2, 0, (int?)null), (data.Count, data.Classes.Count, data.Label(0)));
    }

    [Fact]
    public void A_known_name_gives_the_classes_their_words() =>
        Assert.Equal("airplane", new WebDataset("cifar10:train",
            [Archive(Made.Tar(("a.png", Made.Png()), ("a.cls", Made.Text("3"))))]).Classes[0]);

    [Theory]
    [InlineData("cat")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("100000")]
    [InlineData("99999999999999999999")]
    public void A_label_that_is_no_class_number_is_refused(string label)
    {
        var file = Archive(Made.Tar(("a.png", Made.Png()), ("a.cls", Made.Text(label))));
        Assert.Contains("a.cls", Assert.Throws<InvalidDataException>(() => new WebDataset("x", [file])).Message);
    }

    [Theory]
    [InlineData("../a.png")]
    [InlineData("x/../../a.png")]
    [InlineData("/etc/a.png")]
    [InlineData("..\\a.png")]
    [InlineData("../a.cls")]
    [InlineData("../readme.txt")]
    public void Paths_that_leave_the_archive_are_refused(string name)
    {
        var file = Archive(Made.Tar(("ok.png", Made.Png()), (name, Made.Png())));
        Assert.Contains("leaves the archive", Assert.Throws<InvalidDataException>(() => new WebDataset("x", [file])).Message);
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    [InlineData(TarEntryType.Fifo)]
    public void Links_and_devices_are_refused(TarEntryType type)
    {
        using (var stream = File.Create(_folder["x.tar"]))
        using (var tar = new TarWriter(stream))
        {
            var entry = new PaxTarEntry(type, "a.png");
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = "/etc/passwd";
            tar.WriteEntry(entry);
        }
        Assert.Contains($"{type}", Assert.Throws<InvalidDataException>(() => new WebDataset("x", [_folder["x.tar"]])).Message);
    }

    [Fact]
    public void Folders_and_empty_images_are_passed_over()
    {
        using (var stream = File.Create(_folder["x.tar"]))
        using (var tar = new TarWriter(stream))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "d.png/"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "empty.png"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a.png") { DataStream = new MemoryStream(Made.Png()) });
        }
        Assert.Equal("a", Assert.Single(Names(new WebDataset("x", [_folder["x.tar"]]))));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(700)]
    [InlineData(2000)]
    [InlineData(6000)]
    public void A_truncated_archive_is_refused_by_name(int kept)
    {
        var file = Archive(Made.Tar(TarEntryFormat.Ustar, ("a.png", Made.Bytes(3000, 1)), ("b.png", Made.Bytes(3000, 2)))[..kept]);
        Assert.StartsWith(file, Assert.Throws<InvalidDataException>(() => new WebDataset("x", [file])).Message);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void Something_else_is_no_tar(int size)
    {
        var file = Archive(Made.Bytes(size, 3));
        Assert.StartsWith(file, Assert.Throws<InvalidDataException>(() => new WebDataset("x", [file])).Message);
    }

    [Theory]
    [InlineData(136, "\u0080\0\0\0\0\0\u007f\u00ff\u00ff\u00ff\u00ff\u00ff")]   // a time after the year 9999
    [InlineData(136, "\u0080\u0001\0\0\0\0\0\0\0\0\0\0")]       // base 256, beyond 64 bits
    [InlineData(108, "\u00ff\0\0\0\0\0\0\0")]
    [InlineData(124, "\u0080\0\0\0\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")]
    [InlineData(156, "S")]                                 // a sparse file
    public void A_header_that_says_what_cannot_be_is_refused_by_name(int at, string field)
    {
        var file = Archive(WithField(Made.Tar(TarEntryFormat.Gnu, ("a.png", Made.Png())), at, field));
        Assert.StartsWith(file, Assert.Throws<InvalidDataException>(() => new WebDataset("x", [file])).Message);
    }

    [Theory]
    [InlineData("x", "10000000000")]                       // 1 GB of attributes
    [InlineData("g", "10000000000")]
    [InlineData("L", "10000000000")]
    [InlineData("K", "17777777777")]
    [InlineData("x", "\u0080\0\0\0\0\0\0\0\u0040\0\0\0")]
    public void Names_that_claim_a_gigabyte_take_no_memory(string type, string size)
    {
        var file = Archive(WithField(WithField(Made.Tar(TarEntryFormat.Gnu, ("a.png", Made.Png())), 156, type), 124, size));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.StartsWith(file, Assert.Throws<InvalidDataException>(() => new WebDataset("x", [file])).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void Names_of_ten_thousand_letters_are_read(TarEntryFormat format)
    {
        var name = string.Concat(Enumerable.Repeat("folder/", 1500)) + "a.png";
        using var data = Open(Made.Tar(format, (name, Made.Png())));
        Assert.Equal(name[..^4], data.ItemName(0));
    }

    [Fact]
    public void Closed_archives_are_closed()
    {
        var data = Open(Made.Tar(("a.png", Made.Png())));
        data.Dispose();
        Assert.Throws<ObjectDisposedException>(() => data.Read(0));
    }

    [Fact]
    public void A_zipped_tar_is_refused()
    {
        var file = Archive(Made.Gzip(Made.Tar(("a.png", Made.Png()))));
        Assert.StartsWith(file, Assert.Throws<InvalidDataException>(() => new WebDataset("x", [file])).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_archive_without_images_says_so(bool empty)
    {
        var file = Archive(empty ? [] : Made.Tar(("a.txt", Made.Text("x")), ("noending", Made.Text("y"))));
        Assert.Contains("holds no image", Assert.Throws<DatasetException>(() => new WebDataset("x", [file])).Message);
    }

    [Fact]
    public void A_damaged_image_is_named()
    {
        var data = Open(Made.Tar(("good.png", Made.Png()), ("bad.png", Made.Text("no image"))));
        Assert.Contains("bad", Assert.Throws<InvalidDataException>(() => data.Read(1)).Message);
    }

    // The first header with another field, and the checksum that belongs to it.
    private static byte[] WithField(byte[] tar, int at, string field)
    {
        var bytes = Encoding.Latin1.GetBytes(field);
        bytes.CopyTo(tar, at);
        var checksum = tar.AsSpan(148, 8);
        checksum.Fill((byte)' ');
        var sum = tar.AsSpan(0, 512).ToArray().Sum(b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0").CopyTo(checksum);
        return tar;
    }

    private WebDataset Open(byte[] tar) => new("x", [Archive(tar)]);

    private string Archive(byte[] tar) => Made.File(_folder["x.tar"], tar);

    private static IEnumerable<string> Names(WebDataset data) => Enumerable.Range(0, data.Count).Select(data.ItemName);
}
