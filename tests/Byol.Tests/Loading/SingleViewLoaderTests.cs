using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Loading;
using Byol.Data.Views;

namespace Byol.Tests.Loading;

/// <summary>Center views ahead of an encoder: all of them, in order, but for those that cannot be read.</summary>
public sealed class SingleViewLoaderTests
{
    private static readonly ViewOptions Views = new() { ImageSize = 8, EvaluationCrop = 1 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 4)]
    [InlineData(3, 4)]
    [InlineData(8, 5)]
    [InlineData(2, 100)]
    public void Every_image_comes_once_in_order_as_its_center_view(int threads, int batchSize)
    {
        var data = Made.Dataset(22);
        var (indices, pixels) = Load(data, batchSize, threads, out var unreadable);
        Assert.Equal(Enumerable.Range(0, 22), indices);
        Assert.All(Enumerable.Range(0, 22), i => Assert.Equal(Expected(data, i), pixels[i]));
        Assert.Empty(unreadable);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Images_that_cannot_be_read_are_left_out_and_named(int threads)
    {
        int[] broken = [0, 4, 5, 6, 7, 13, 21];
        var data = Made.Dataset(22, 16, broken);
        var (indices, pixels) = Load(data, 4, threads, out var unreadable);
        var whole = Enumerable.Range(0, 22).Except(broken).ToList();
        Assert.Equal(whole, indices);
        Assert.All(whole.Select((index, place) => (index, place)), i => Assert.Equal(Expected(Made.Dataset(22), i.index), pixels[i.place]));
        Assert.Equal(broken.Select(i => $"made/{i}"), unreadable.Select(u => u.Name));
        Assert.All(unreadable, u => Assert.Contains("is broken", u.Reason));
    }

    [Fact]
    public void Where_none_can_be_read_batches_are_empty()
    {
        var (indices, _) = Load(Made.Dataset(5, 16, Enumerable.Range(0, 5)), 2, 2, out var unreadable);
        Assert.Empty(indices);
        Assert.Equal(5, unreadable.Count);
    }

    [Fact]
    public void Two_batches_are_read_ahead_and_no_more()
    {
        var data = Made.Dataset(100);
        using var loader = new SingleViewLoader(data, Views, 4, 3);
        loader.Next(Stop);
        Assert.True(SpinWait.SpinUntil(() => data.Reads.Sum() == 12, TimeSpan.FromMinutes(2)));
        Thread.Sleep(20);
        Assert.Equal(12, data.Reads.Sum());
    }

    [Fact]
    public void Another_fault_of_the_dataset_reaches_the_caller()
    {
        using var loader = new SingleViewLoader(new Faulty(), Views, 2, 2);
        Assert.Throws<NotSupportedException>(() => loader.Next(Stop));
    }

    [Fact]
    public void It_can_be_left_in_the_middle()
    {
        var loader = new SingleViewLoader(Made.Dataset(100), Views, 4, 3);
        loader.Next(Stop);
        loader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => loader.Next(Stop));
    }

    private static (List<int> Indices, List<float[]> Pixels) Load(
        IDataset data, int batchSize, int threads, out IReadOnlyList<UnreadableImage> unreadable)
    {
        using var loader = new SingleViewLoader(data, Views, batchSize, threads);
        var (indices, pixels) = (new List<int>(), new List<float[]>());
        while (loader.Next(Stop) is { } batch)
        {
            Assert.Equal(batch.Count * 8 * 8 * 3, batch.Pixels.Length);
            indices.AddRange(batch.Indices);
            for (var i = 0; i < batch.Count; i++) pixels.Add(batch.Pixels.Slice(i * 192, 192).ToArray());
        }
        Assert.Null(loader.Next(Stop));
        unreadable = loader.Unreadable;
        return (indices, pixels);
    }

    private static float[] Expected(IDataset data, int index)
    {
        var view = new float[192];
        var image = data.Read(index);
        new ViewRenderer(Views).RenderColors(image, ViewSampler.Center(Views, image.Width, image.Height), view);
        return view;
    }

    private sealed class Faulty : IDataset
    {
        public string Name => "faulty";

        public int Count => 10;

        public IReadOnlyList<string> Classes => [];

        public Image8 Read(int index, ImageBuffer buffer) => throw new NotSupportedException();

        public int? Label(int index) => null;

        public string ItemName(int index) => $"{index}";
    }
}
