using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Tests.Images;
using SkiaSharp;

namespace Byol.Tests.Datasets;

/// <summary>ConcatDataset, Subset and InMemoryCache: datasets around datasets.</summary>
public sealed class CombinedDatasetTests
{
    [Fact]
    public void Concat_goes_through_its_parts()
    {
        var parts = new[] { Made.Dataset(3), Made.Dataset(1), Made.Dataset(2) };
        var whole = new ConcatDataset(parts);
        Assert.Equal((6, "made,made,made", 10), (whole.Count, whole.Name, whole.Classes.Count));
        Assert.Equal([0, 1, 2, 0, 0, 1], Enumerable.Range(0, 6).Select(i => whole.Label(i)!.Value));
        Assert.Equal(["made#1/made/0", "made#1/made/1", "made#1/made/2", "made#2/made/0", "made#3/made/0", "made#3/made/1"],
            Enumerable.Range(0, 6).Select(whole.ItemName));
        for (var i = 0; i < 6; i++) Assert.Equal(Made.Image(16, whole.Label(i)!.Value).Pixels.ToArray(), whole.Read(i).Pixels.ToArray());
    }

    [Fact]
    public void Names_carry_their_source_where_they_would_clash_and_only_there()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["a/0.png", "b/0.png", "b/1.png", "c/2.png", "d/a/0.png"]) Made.File(folder[name], Made.Png());
        Assert.Equal(["a/0.png", "b/0.png", "b/1.png"], Names("a", "b"));
        Assert.Equal(["0.png", "2.png"], Names("a", "c"));
        Assert.Equal([$"{folder["a"]}/0.png", $"{folder["d/a"]}/0.png"], Names("a", "d/a"));
        Assert.Equal([$"{folder["a"]}#1/0.png", $"{folder["a"]}#2/0.png"], Names("a", "a"));

        IEnumerable<string> Names(params string[] folders)
        {
            var data = new ConcatDataset([.. folders.Select(f => new ImageFolder(folder[f]))]);
            return Enumerable.Range(0, data.Count).Select(data.ItemName);
        }
    }

    [Fact]
    public void Notes_sizes_and_depths_go_through_what_is_around_a_dataset()
    {
        using var folder = new TemporaryFolder();
        Made.File(folder["a/0.png"], Made.Png());
        Made.File(folder["a/x.ppm"], [1]);
        Made.File(folder["b/1.png"], Made.Png(32));
        var (a, b) = (new ImageFolder(folder["a"]), new ImageFolder(folder["b"]));
        var both = new Subset("s", new ExcludingDataset(new InMemoryCache(new ConcatDataset([a, b]), 0), [0]), 0, 1);
        Assert.Equal(new FileInfo(folder["b/1.png"]).Length, DatasetDetails.Of(both).Size(0));
        Assert.Equal(1, DatasetNotes.Of(both).PassedOver.Single().Count);
        Assert.Empty(DatasetNotes.Of(Made.Dataset(1)).Lines());
    }

    [Fact]
    public void Concat_of_other_classes_has_no_labels()
    {
        var fewer = new Subset("unlabeled", new Unlabeled(), 0, 1);
        var whole = new ConcatDataset([Made.Dataset(2), fewer]);
        Assert.Equal((3, 0, (int?)null), (whole.Count, whole.Classes.Count, whole.Label(0)));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(3, 2)]
    [InlineData(9, 1)]
    public void Subset_is_a_run_of_images(int start, int count)
    {
        var part = new Subset("part", Made.Dataset(10), start, count);
        Assert.Equal(("part", count), (part.Name, part.Count));
        for (var i = 0; i < count; i++)
        {
            Assert.Equal((start + i, $"made/{start + i}"), (part.Label(i), part.ItemName(i)));
            Assert.Equal(Made.Image(16, start + i).Pixels.ToArray(), part.Read(i).Pixels.ToArray());
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(767, 0)]
    [InlineData(768, 1)]
    [InlineData(768 * 3 + 5, 3)]
    [InlineData(1 << 20, 4)]
    public void Cache_keeps_what_its_budget_allows(long budget, int kept)
    {
        var inner = Made.Dataset(4);
        var cache = new InMemoryCache(inner, budget);
        for (var pass = 0; pass < 3; pass++)
        {
            for (var i = 0; i < 4; i++) Assert.Equal(Made.Image(16, i).Pixels.ToArray(), cache.Read(i).Pixels.ToArray());
        }
        Assert.Equal(kept, inner.Reads.Count(r => r == 1));
        Assert.Equal(4 - kept, inner.Reads.Count(r => r == 3));
    }

    [Fact]
    public void Cache_does_not_keep_what_cannot_be_read()
    {
        var inner = Made.Dataset(2, 16, 1);
        var cache = new InMemoryCache(inner, 1 << 20);
        for (var pass = 0; pass < 2; pass++) Assert.Throws<InvalidDataException>(() => cache.Read(1));
        Assert.Equal(2, inner.Reads[1]);
        Assert.Equal(("made", 2, 10, (int?)1, "made/1"), (cache.Name, cache.Count, cache.Classes.Count, cache.Label(1), cache.ItemName(1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public void Cache_gives_each_reader_the_scale_that_the_dataset_would(long budget)
    {
        using var folder = new TemporaryFolder();
        Made.File(folder["a.jpg"], PictureFiles.Encode(Pictures.Smooth(40, 30), SKEncodedImageFormat.Jpeg));
        Made.File(folder["b.png"], ImageEncoder.Png(Pictures.Smooth(40, 30)));
        var plain = new ImageFolder(folder.Path);
        var cache = new InMemoryCache(plain, budget);
        var buffer = new ImageBuffer();   // of another reader, in between
        foreach (var times in (int[])[1, 2, 1, 4, 4, 1, 8, 2, 1])
        {
            for (var i = 0; i < 2; i++)
            {
                var (expected, read) = (plain.Read(i, new ImageBuffer((_, _) => times)), cache.Read(i, new ImageBuffer((_, _) => times)));
                Assert.Equal(i == 0 ? (40 + times - 1) / times : 40, read.Width);
                Assert.Equal((expected.Width, expected.Height, 40, 30), (read.Width, read.Height, read.SourceWidth, read.SourceHeight));
                Assert.Equal(expected.Pixels.ToArray(), read.Pixels.ToArray());
                cache.Read(1 - i, buffer);
            }
        }
    }

    [Fact]
    public void Cache_keeps_no_pixels_of_a_buffer()
    {
        using var folder = new TemporaryFolder();
        Made.Images(folder.Path, 3);
        var cache = new InMemoryCache(new ImageFolder(folder.Path), 1 << 20);
        var buffer = new ImageBuffer();
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < 3; i++) Assert.Equal(Made.Image(16, i).Pixels.ToArray(), cache.Read(i, buffer).Pixels.ToArray());
        }
    }

    private sealed class Unlabeled : IDataset
    {
        public string Name => "unlabeled";

        public int Count => 1;

        public IReadOnlyList<string> Classes => [];

        public Image8 Read(int index, ImageBuffer buffer) => Made.Image(16, index);

        public int? Label(int index) => null;

        public string ItemName(int index) => $"{index}";
    }
}
