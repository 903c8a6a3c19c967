using System.Formats.Tar;
using System.Text;
using Byol.Data.Datasets;
using Byol.Tests.Images;

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
        Assert.Contains("an entry for a long name claims", Assert.Throws<InvalidDataException>(() => Open(tar)).Message);
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
    [InlineData("-1")]
    [InlineData("100000")]
    [InlineData("99999999999999999999")]
    public void A_number_that_is_no_class_leaves_all_without_labels_and_says_so(string label)
    {
        var data = Open(Made.Tar(("a.png", Made.Png()), ("a.cls", Made.Text(label))));
        Assert.Equal((1, 0, (int?)null), (data.Count, data.Classes.Count, data.Label(0)));
        Assert.Contains($"Label {label} of a in x lies outside 0 to 99999", Assert.Single(data.Notes.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_in_labels_is_class_names()
    {
        var data = Open(Made.Tar(("a.png", Made.Png()), ("a.cls", Made.Text("dog\n")), ("b.png", Made.Png()), ("b.cls", Made.Text("cat")),
            ("c.png", Made.Png()), ("c.cls", Made.Text("7"))));
        Assert.Equal(["7", "cat", "dog"], data.Classes);
        Assert.Equal([2, 1, 0], Enumerable.Range(0, 3).Select(i => data.Label(i)!.Value));
    }

    [Fact]
    public void An_empty_label_is_none_and_that_is_said()
    {
        var data = Open(Made.Tar(("a.png", Made.Png()), ("a.cls", Made.Text("1")), ("b.png", Made.Png()), ("b.cls", [])));
        Assert.Empty(data.Classes);
        Assert.Contains("1 of the 2 images of x have no .cls, b among them", Assert.Single(data.Notes.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Capitals_and_two_dots_are_read()
    {
        var data = Open(Made.Tar(
            ("0.JPEG", Made.Png()), ("0.CLS", Made.Text("1")), ("s1.image.png", Made.Png()), ("s1.label.cls", Made.Text("0"))));
        Assert.Equal([("0", 1), ("s1", 0)], Enumerable.Range(0, 2).Select(i => (data.ItemName(i), data.Label(i)!.Value)));
    }

    [Fact]
    public void A_mask_beside_its_image_is_no_image()
    {
        var data = Open(Made.Tar(("0.jpg", Made.Png(16, 1)), ("0.seg.png", Made.Png(16, 2)), ("0.cls", Made.Text("0")),
            ("1.seg.png", Made.Png(16, 3)), ("1.jpg", Made.Png(16, 4)), ("1.cls", Made.Text("1"))));
        Assert.Equal(["0", "1"], Names(data));
        Assert.Equal(Made.Image(16, 4).Pixels.ToArray(), data.Read(1).Pixels.ToArray());
        Assert.Equal(("further images of a sample (KEY.seg.png beside KEY.jpg)", 2),
            data.Notes.PassedOver.Select(p => (p.Reason, p.Count)).Single());
    }

    [Fact]
    public void Images_of_one_key_and_several_formats_have_their_whole_names() =>
        Assert.Equal(["a.png", "a.jpg", "b"], Names(Open(Made.Tar(("a.png", Made.Png()), ("a.jpg", Made.Png()), ("b.png", Made.Png())))));

    [Fact]
    public void Images_come_in_the_archive_s_order_wherever_their_labels_lie() =>
        Assert.Equal(["c", "a", "b"], Names(Open(Made.Tar(("a.cls", Made.Text("0")), ("b.cls", Made.Text("0")), ("c.png", Made.Png()),
            ("c.cls", Made.Text("0")), ("a.png", Made.Png()), ("b.png", Made.Png())))));

    [Fact]
    public void The_same_key_twice_is_kept_apart()
    {
        var data = Open(Made.Tar(("k.png", Made.Png(16, 1)), ("k.cls", Made.Text("0")), ("l.png", Made.Png()), ("l.cls", Made.Text("2")),
            ("k.png", Made.Png(16, 2)), ("k.cls", Made.Text("1"))));
        Assert.Equal([("k", 0), ("l", 2), ("k(2)", 1)], Enumerable.Range(0, 3).Select(i => (data.ItemName(i), data.Label(i)!.Value)));
        Assert.Equal(Made.Image(16, 2).Pixels.ToArray(), data.Read(2).Pixels.ToArray());
        Assert.Contains("holds k 2 times", Assert.Single(data.Notes.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_key_twice_with_one_label_is_refused()
    {
        var file = Archive(Made.Tar(("k.png", Made.Png()), ("k.png", Made.Png()), ("k.cls", Made.Text("0"))));
        Assert.Contains("cannot be told which label is whose",
            Assert.Throws<InvalidDataException>(() => new WebDataset("x", [file])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_shards_share_carry_their_shard()
    {
        var files = Enumerable.Range(0, 2).Select(a => Made.File(_folder[$"t{a}.tar"], Made.Tar(("0.png", Made.Png(8, a))))).ToList();
        using var data = new WebDataset("x", files);
        Assert.Equal(["t0/0", "t1/0"], Names(data));
    }

    [Fact]
    public void Folders_are_labels_where_no_label_is_written_whatever_the_slash()
    {
        var data = Open(Made.Tar(("all/cat\\0.png", Made.Png()), ("all/dog/0.png", Made.Png()), ("all\\dog\\1.png", Made.Png())));
        Assert.Equal(["cat", "dog"], data.Classes);
        Assert.Equal([("all/cat/0", 0), ("all/dog/0", 1), ("all/dog/1", 1)],
            Enumerable.Range(0, 3).Select(i => (data.ItemName(i), data.Label(i)!.Value)));
        Assert.Empty(Open(Made.Tar(("all/0.png", Made.Png()), ("all/1.png", Made.Png()))).Classes);
    }

    [Fact]
    public void Pages_of_a_TIFF_are_images()
    {
        var data = Open(Made.Tar(("a.tif", PictureFiles.Tiff(Made.Image(8, 1), Made.Image(9, 2))), ("a.cls", Made.Text("3")),
            ("b.png", Made.Png()), ("b.cls", Made.Text("1"))));
        Assert.Equal([("a#1", 3), ("a#2", 3), ("b", 1)], Enumerable.Range(0, 3).Select(i => (data.ItemName(i), data.Label(i)!.Value)));
        Assert.Equal(Made.Image(9, 2).Pixels.ToArray(), data.Read(1).Pixels.ToArray());
    }

    [Fact]
    public void What_is_no_image_is_counted()
    {
        var notes = Open(Made.Tar(
            ("a.png", Made.Png()), ("a.json", Made.Text("{}")), ("b.ppm", [1]), ("._a.png", [1]), ("c.png", []))).Notes;
        Assert.Equal([".ppm (not read; convert them to PNG or JPEG)", "empty", "hidden"], notes.PassedOver.Select(p => p.Reason));
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
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    [InlineData(TarEntryType.Fifo)]
    public void Devices_are_refused(TarEntryType type)
    {
        using (var stream = File.Create(_folder["x.tar"]))
        using (var tar = new TarWriter(stream))
        {
            tar.WriteEntry(new PaxTarEntry(type, "a.png"));
        }
        Assert.Contains($"{type}", Assert.Throws<InvalidDataException>(() => new WebDataset("x", [_folder["x.tar"]])).Message);
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    public void Links_are_passed_over_and_counted(TarEntryType type)
    {
        using (var stream = File.Create(_folder["x.tar"]))
        using (var tar = new TarWriter(stream))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a.png") { DataStream = new MemoryStream(Made.Png()) });
            tar.WriteEntry(new PaxTarEntry(type, "b.png") { LinkName = "/etc/passwd" });
        }
        using var data = new WebDataset("x", [_folder["x.tar"]]);
        Assert.Equal(["a"], Names(data));
        Assert.Equal("links in an archive (pack the files themselves)", Assert.Single(data.Notes.PassedOver).Reason);
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

    [Theory]
    [InlineData("x.tar.gz")]
    [InlineData("x.tgz")]
    [InlineData("x.tar")]       // renamed
    public void A_zipped_tar_is_read_whatever_it_is_called(string name)
    {
        var file = Made.File(_folder[name], Made.Gzip(Made.Tar(("a.png", Made.Png(16, 1)), ("b.png", Made.Png(16, 2)))));
        using var data = new WebDataset("x", [file]);
        Assert.Equal(["a", "b"], Names(data));
        Assert.Equal(Made.Image(16, 2).Pixels.ToArray(), data.Read(1).Pixels.ToArray());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(200)]
    public void A_zipped_tar_cut_short_is_refused_by_name(int kept)
    {
        var file = Archive(Made.Gzip(Made.Tar(("a.png", Made.Png())))[..kept]);
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
