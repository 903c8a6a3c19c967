using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Data.Views;

namespace Byol.Tests.Loading;

public sealed class ViewLoaderTests
{
    private const int BatchSize = 4, Images = 22, PerEpoch = 5;
    private static readonly ViewOptions Views = new() { ImageSize = 8 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private sealed record Copy(long Number, int Epoch, int[] Indices, float[] First, float[] Second);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(13)]
    public void Batches_come_in_order_and_have_the_same_bits_for_any_number_of_threads(int threads)
    {
        var batches = Take(Made.Dataset(Images), 3 * PerEpoch, threads);
        Assert.Equal(Enumerable.Range(0, 3 * PerEpoch).Select(n => ((long)n, n / PerEpoch)), batches.Select(b => (b.Number, b.Epoch)));
        AssertSame(Take(Made.Dataset(Images), 3 * PerEpoch, 1), batches);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 7)]
    [InlineData(13, 1)]
    [InlineData(13, 7)]
    public void Starting_at_a_batch_equals_skipping_those_before(int first, int threads)
    {
        var all = Take(Made.Dataset(Images), first + 4, 2);
        AssertSame(all.Skip(first).ToList(), Take(Made.Dataset(Images), 4, threads, first));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 9)]
    [InlineData(11, 2)]
    [InlineData(22, 3)]
    public void More_threads_than_images_in_a_batch_or_fewer_change_no_view(int batchSize, int threads)
    {
        var expected = Take(Made.Dataset(Images), 2 * Images / batchSize, 1, batchSize: batchSize);
        AssertSame(expected, Take(Made.Dataset(Images), 2 * Images / batchSize, threads, batchSize: batchSize));
    }

    [Fact]
    public void Every_image_comes_once_an_epoch()
    {
        var epochs = Take(Made.Dataset(20), 3 * 5, 2).GroupBy(b => b.Epoch);
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 20), epoch.SelectMany(b => b.Indices).Order()));
    }

    [Fact]
    public void Images_that_fill_no_batch_are_left_out_of_that_epoch_only()
    {
        var batches = Take(Made.Dataset(Images), 20 * PerEpoch, 2);
        Assert.All(batches.GroupBy(b => b.Epoch), epoch =>
            Assert.Equal(PerEpoch * BatchSize, epoch.SelectMany(b => b.Indices).Distinct().Count()));
        Assert.Equal(Images, batches.SelectMany(b => b.Indices).Distinct().Count());
    }

    [Fact]
    public void A_view_is_that_of_its_image_and_epoch_whatever_the_batch()
    {
        var sampler = new ViewSampler(Views, 1);
        var renderer = new ViewRenderer(Views);
        foreach (var batch in Take(Made.Dataset(Images), 2 * PerEpoch, 2))
        {
            for (var i = 0; i < BatchSize; i++)
            {
                Assert.Equal(Rendered(batch, i, 0), View(batch.First, i));
                Assert.Equal(Rendered(batch, i, 1), View(batch.Second, i));
            }
        }

        float[] Rendered(Copy batch, int i, int view)
        {
            var pixels = new float[8 * 8 * 3];
            renderer.Render(Made.Image(16, batch.Indices[i]), sampler.Sample(16, 16, batch.Epoch, batch.Indices[i], view), pixels);
            return pixels;
        }
    }

    [Fact]
    public void Another_batch_size_changes_no_view()
    {
        var large = Take(Made.Dataset(20), 5, 2).SelectMany(b => b.Indices.Select((index, i) => (index, View(b.First, i))))
            .ToDictionary(v => v.index, v => v.Item2);
        using var loader = new ViewLoader(Made.Dataset(20), Views, 1, 2, 10, 1, 0);
        for (var n = 0; n < 10; n++)
        {
            var batch = loader.Next(Stop);
            for (var i = 0; i < 2; i++) Assert.Equal(large[batch.Indices[i]], View(batch.First, i));
        }
    }

    [Fact]
    public void Views_differ_from_one_another_and_between_epochs_and_seeds()
    {
        var firsts = (from seed in (ulong[])[1, 2]
                      from batch in Take(Made.Dataset(20), 2 * 5, 1, 0, seed)
                      from i in Enumerable.Range(0, BatchSize)
                      from view in (float[][])[View(batch.First, i), View(batch.Second, i)]
                      select string.Join(' ', view.Take(6))).ToList();
        Assert.Equal(firsts.Count, firsts.Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_unreadable_image_is_replaced_and_named_and_nothing_else_changes(int threads)
    {
        const int Bad = 57;
        var (good, bad) = (Take(Made.Dataset(200), 50, 1), Take(Made.Dataset(200, 16, Bad), 50, threads, 0, 1, out var unreadable));
        Assert.Equal(["made/57"], unreadable);
        var replaced = 0;
        for (var n = 0; n < 50; n++)
        {
            Assert.Equal(good[n].Indices, bad[n].Indices);
            for (var i = 0; i < BatchSize; i++)
            {
                var same = View(good[n].First, i).SequenceEqual(View(bad[n].First, i))
                    && View(good[n].Second, i).SequenceEqual(View(bad[n].Second, i));
                Assert.Equal(good[n].Indices[i] != Bad, same);
                if (!same) replaced++;
            }
        }
        Assert.Equal(1, replaced);
        AssertSame(bad, Take(Made.Dataset(200, 16, Bad), 50, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_batch_says_which_of_its_images_could_not_be_read(int threads)
    {
        int[] bad = [3, 4, 57];   // 4 is asked for in the place of 3 too
        using var loader = new ViewLoader(Made.Dataset(400, 16, bad), Views, 1, BatchSize, 100, threads, 0);
        for (var n = 0; n < 300; n++)
        {
            var batch = loader.Next(Stop);
            Assert.Equal(batch.Indices.Intersect(bad).Concat(batch.Indices.Contains(3) ? [4] : Array.Empty<int>()).Distinct().Order(),
                batch.Unreadable);
        }
    }

    [Theory]
    [InlineData(new int[0], true)]
    [InlineData(new[] { 7 }, true)]
    [InlineData(new[] { 7, 8 }, false)]
    public void What_was_unreadable_before_a_run_went_on_counts(int[] before, bool goesOn)
    {
        using var loader = new ViewLoader(Made.Dataset(200, 16, 57), Views, 1, BatchSize, 50, 1, 0, before);
        if (goesOn) for (var n = 0; n < 50; n++) loader.Next(Stop);
        else Assert.Throws<InvalidDataException>(() => Enumerable.Range(0, 50).Select(_ => loader.Next(Stop)).ToList());
    }

    [Theory]
    [InlineData(16)]
    [InlineData(40)]
    public void The_last_image_is_replaced_by_the_first_whatever_its_size(int side)
    {
        var data = new MemoryDataset([Made.Image(side, 0), .. Enumerable.Range(1, 19).Select(i => Made.Image(16, i))], [19]);
        var batches = Take(data, 5, 1);
        var (batch, i) = batches.SelectMany(b => b.Indices.Select((index, i) => (index, b, i)))
            .Where(v => v.index == 19).Select(v => (v.b, v.i)).Single();
        var expected = new float[8 * 8 * 3];
        new ViewRenderer(Views).Render(Made.Image(side, 0), new ViewSampler(Views, 1).Sample(side, side, 0, 19, 0), expected);
        Assert.Equal(expected, View(batch.First, i));
    }

    [Fact]
    public void The_only_image_has_none_to_take_its_place()
    {
        using var loader = new ViewLoader(Made.Dataset(1, 16, 0), Views, 1, 1, 1, 1, 0);
        Assert.Contains("made/0", Assert.Throws<InvalidDataException>(() => loader.Next(Stop)).Message);
    }

    [Theory]
    [InlineData(20, 1, true)]
    [InlineData(20, 2, false)]
    [InlineData(200, 2, true)]
    [InlineData(200, 3, false)]
    [InlineData(20, 20, false)]
    public void More_than_one_in_a_hundred_stops_with_one_line(int count, int broken, bool goesOn)
    {
        using var loader = new ViewLoader(Made.Dataset(count, 16, Enumerable.Range(0, broken).Select(i => i * (count / broken))),
            Views, 1, BatchSize, count / BatchSize, 2, 0);
        if (goesOn)
        {
            for (var n = 0; n < count / BatchSize; n++) loader.Next(Stop);
            Assert.Equal(broken, loader.Unreadable.Count);
        }
        else
        {
            var message = Assert.Throws<InvalidDataException>(() =>
            {
                for (var n = 0; n < count / BatchSize; n++) loader.Next(Stop);
            }).Message;
            Assert.Matches("^At least [0-9]+ of [0-9]+ images of made cannot be read, and at most 1 % may be so: made/", message);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void An_epoch_has_at_least_one_batch(long perEpoch) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ViewLoader(Made.Dataset(4), Views, 1, 2, perEpoch, 1, 0));

    [Fact]
    public void An_epoch_has_no_more_images_than_the_data() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ViewLoader(Made.Dataset(4), Views, 1, 2, 3, 1, 0));

    private static List<Copy> Take(IDataset data, int batches, int threads, long first = 0, ulong seed = 1, int batchSize = BatchSize) =>
        Take(data, batches, threads, first, seed, out _, batchSize);

    private static List<Copy> Take(
        IDataset data, int batches, int threads, long first, ulong seed, out IReadOnlyList<string> unreadable, int batchSize = BatchSize)
    {
        using var loader = new ViewLoader(data, Views, seed, batchSize, data.Count / batchSize, threads, first);
        var copies = Enumerable.Range(0, batches).Select(_ => loader.Next(Stop))
            .Select(b => new Copy(b.Number, b.Epoch, [.. b.Indices], [.. b.First], [.. b.Second])).ToList();
        unreadable = loader.Unreadable;
        return copies;
    }

    private static void AssertSame(List<Copy> expected, List<Copy> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (a, b) in expected.Zip(actual))
        {
            Assert.Equal((a.Number, a.Epoch), (b.Number, b.Epoch));
            Assert.Equal(a.Indices, b.Indices);
            Assert.True(a.First.SequenceEqual(b.First) && a.Second.SequenceEqual(b.Second), $"batch {a.Number}");
        }
    }

    private static float[] View(float[] batch, int i) => batch[(i * 192)..((i + 1) * 192)];
}
