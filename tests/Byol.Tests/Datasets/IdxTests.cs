using Byol.Data.Datasets;

namespace Byol.Tests.Datasets;

public sealed class IdxTests : IDisposable
{
    private const int Images = 0x803, Labels = 0x801;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Plain_and_zipped_files_read_alike(bool zippedImages, bool zippedLabels)
    {
        var pixels = Made.Bytes(3 * 4 * 5, 1);
        var data = Idx.Open("mnist:train", File("i", Made.Idx(Images, [3, 4, 5], pixels), zippedImages),
            File("l", Made.Idx(Labels, [3], [7, 0, 9]), zippedLabels));
        Assert.Equal((3, 10), (data.Count, data.Classes.Count));
        Assert.Equal([7, 0, 9], Enumerable.Range(0, 3).Select(i => data.Label(i)!.Value));
        for (var i = 0; i < 3; i++)
        {
            var image = data.Read(i);
            Assert.Equal((5, 4), (image.Width, image.Height));
            Assert.Equal(pixels.Skip(i * 20).Take(20).SelectMany(p => new[] { p, p, p }), image.Pixels.ToArray());
        }
    }

    [Fact]
    public void Without_labels_there_are_no_classes()
    {
        var data = Idx.Open("x", File("i", Made.Idx(Images, [1, 2, 2], new byte[4])), null);
        Assert.Equal((0, (int?)null), (data.Classes.Count, data.Label(0)));
    }

    [Fact]
    public void Fashion_has_its_own_class_names() =>
        Assert.Equal("Ankle boot", Open("fashion-mnist:train", Made.Idx(Images, [1, 1, 1], [0]), Made.Idx(Labels, [1], [9])).Classes[9]);

    [Fact]
    public void Labels_beyond_ten_get_numbers_for_names() =>
        Assert.Equal("46", Open("emnist", Made.Idx(Images, [1, 1, 1], [0]), Made.Idx(Labels, [1], [46])).Classes[46]);

    public static TheoryData<string, byte[]> DamagedImages => new()
    {
        { "nothing", [] },
        { "half a header", Made.Idx(Images, [1], []) },
        { "the magic of labels", Made.Idx(Labels, [1, 2, 2], new byte[4]) },
        { "another magic", Made.Idx(0x804, [1, 2, 2], new byte[4]) },
        { "one byte too few", Made.Idx(Images, [2, 2, 2], new byte[7]) },
        { "one byte too many", Made.Idx(Images, [2, 2, 2], new byte[9]) },
        { "no images", Made.Idx(Images, [0, 2, 2], []) },
        { "no width", Made.Idx(Images, [2, 2, 0], []) },
        { "a negative count", Made.Idx(Images, [-1, 2, 2], new byte[4]) },
        { "two negative sizes", Made.Idx(Images, [1, -2, -2], new byte[4]) },
        { "a promise of petabytes", Made.Idx(Images, [int.MaxValue, 1000, 1000], new byte[4]) },
    };

    [Theory]
    [InlineData(1 << 22, 1 << 21, 1 << 21)]   // 2⁶⁴ pixels, which 64 bits take for none
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    public void Sizes_whose_product_has_no_room_are_refused(int count, int height, int width)
    {
        foreach (var zipped in (bool[])[false, true])
        {
            var file = File("i", Made.Idx(Images, [count, height, width], []), zipped);
            Assert.Contains(file, Assert.Throws<InvalidDataException>(() => Idx.Open("x", file, null)).Message);
        }
    }

    [Theory]
    [MemberData(nameof(DamagedImages))]
    public void Damaged_images_are_refused_by_name(string what, byte[] bytes)
    {
        foreach (var zipped in (bool[])[false, true])
        {
            var file = File("i", bytes, zipped);
            var error = Assert.Throws<InvalidDataException>(() => Idx.Open("x", file, null));
            Assert.True(error.Message.Contains(file, StringComparison.Ordinal), what);
        }
    }

    public static TheoryData<string, byte[]> DamagedLabels => new()
    {
        { "nothing", [] },
        { "the magic of images", Made.Idx(Images, [2], [1, 2]) },
        { "one label too few", Made.Idx(Labels, [2], [1]) },
        { "one label too many", Made.Idx(Labels, [2], [1, 2, 3]) },
        { "labels of other images", Made.Idx(Labels, [3], [1, 2, 3]) },
        { "no labels", Made.Idx(Labels, [0], []) },
    };

    [Theory]
    [MemberData(nameof(DamagedLabels))]
    public void Labels_that_do_not_fit_are_refused_by_name(string what, byte[] bytes)
    {
        foreach (var zipped in (bool[])[false, true])
        {
            var (images, labels) = (File("i", Made.Idx(Images, [2, 1, 1], [0, 0])), File("l", bytes, zipped));
            var error = Assert.Throws<InvalidDataException>(() => Idx.Open("x", images, labels));
            Assert.True(error.Message.Contains(labels, StringComparison.Ordinal), what);
        }
    }

    [Theory]
    [InlineData(12)]
    [InlineData(25)]
    public void A_zipped_file_cut_short_is_refused(int kept)
    {
        var file = Made.File(_folder["i.gz"], Made.Gzip(Made.Idx(Images, [10, 10, 10], Made.Bytes(1000, 2)))[..kept]);
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => Idx.Open("x", file, null)).Message);
    }

    [Fact]
    public void Something_else_named_gz_is_refused()
    {
        var file = Made.File(_folder["i.gz"], Made.Text("<html>404</html>"));
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => Idx.Open("x", file, null)).Message);
    }

    [Fact]
    public void A_bomb_behind_a_small_header_is_not_unpacked()
    {
        var file = Made.File(_folder["i.gz"], Made.Gzip(Made.Idx(Images, [1, 2, 2], new byte[64 << 20])));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => Idx.Open("x", file, null));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(1 << 28, 1, 1)]
    [InlineData(60_000, 100, 100)]
    public void A_header_that_promises_much_takes_no_memory_for_it(int count, int height, int width)
    {
        var file = Made.File(_folder["i.gz"], Made.Gzip(Made.Idx(Images, [count, height, width], new byte[100])));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => Idx.Open("x", file, null));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void The_bundled_images_are_whole()
    {
        var folder = Path.Combine(Repository.Root, "data", "fashion-mnist");
        var data = Idx.Open("fashion-mnist-10k", Path.Combine(folder, "t10k-images-idx3-ubyte.gz"),
            Path.Combine(folder, "t10k-labels-idx1-ubyte.gz"));
        Assert.Equal(10_000, data.Count);
        Assert.All(Enumerable.Range(0, data.Count).CountBy(i => data.Label(i)!.Value), c => Assert.Equal(1000, c.Value));
        Assert.Equal([9, 2, 1, 1, 6, 1, 4, 6, 5, 7], Enumerable.Range(0, 10).Select(i => data.Label(i)!.Value));
        Assert.Equal("Ankle boot", data.Classes[data.Label(0)!.Value]);
        Assert.Equal((28, 28), (data.Read(9_999).Width, data.Read(9_999).Height));
    }

    private Idx Open(string name, byte[] images, byte[] labels) => Idx.Open(name, File("i", images), File("l", labels));

    private string File(string name, byte[] bytes, bool zipped = false) =>
        zipped ? Made.File(_folder[name + ".gz"], Made.Gzip(bytes)) : Made.File(_folder[name], bytes);
}
