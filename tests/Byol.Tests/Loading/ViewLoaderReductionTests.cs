using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Loading;
using Byol.Data.Views;
using Byol.Tests.Images;
using SkiaSharp;

namespace Byol.Tests.Loading;

/// <summary>Photographs come as small as both views allow, and the bits depend on nothing else.</summary>
public sealed class ViewLoaderReductionTests : IDisposable
{
    private const int Count = 12, Size = 24;
    private static readonly ViewOptions Views = new() { ImageSize = Size };
    private readonly TemporaryFolder _folder = new();

    public ViewLoaderReductionTests()
    {
        for (var i = 0; i < Count; i++)
        {
            var picture = Pictures.Smooth(300 + 10 * i, 260 - 5 * i);
            Made.File(_folder[$"{i:D2}.{(i % 3 == 0 ? "png" : "jpg")}"],
                i % 3 == 0 ? ImageEncoder.Png(picture) : PictureFiles.Encode(picture, SKEncodedImageFormat.Jpeg));
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_image_comes_as_small_as_both_crops_allow()
    {
        var data = new NotedDataset(new ImageFolder(_folder.Path));
        using (var loader = new ViewLoader(data, Views, 1, 4, 3, 1, 0))
        {
            for (var n = 0; n < 9; n++) loader.Next(Stop);
        }
        var sampler = new ViewSampler(Views, 1);
        var order = new EpochOrder(Count, 1);
        var expected = Enumerable.Range(0, 3).SelectMany(epoch => order.Indices(epoch).Select(index =>
        {
            var (width, height) = (300 + 10 * index, 260 - 5 * index);
            var most = Enumerable.Range(0, 2).Select(view => sampler.Sample(width, height, epoch, index, view).Crop)
                .Min(crop => new[] { 8, 4, 2, 1 }.First(t => t == 1 || (crop.Width >= t * Size && crop.Height >= t * Size)));
            return (index, index % 3 == 0 ? 1 : most);
        })).ToList();
        Assert.Equal(expected, data.Reads.Take(expected.Count));
        Assert.Equal([1, 2, 4], expected.Select(e => e.Item2).Distinct().Order());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1 << 20)]
    [InlineData(7, 1 << 20)]
    [InlineData(7, 1 << 30)]
    public void Views_are_the_same_bits_for_any_threads_and_any_cache(int threads, long cache)
    {
        var sampler = new ViewSampler(Views, 1);
        var renderer = new ViewRenderer(Views);
        var folder = new ImageFolder(_folder.Path);
        using var loader = new ViewLoader(new InMemoryCache(folder, cache), Views, 1, 4, 3, threads, 3);
        for (var n = 0; n < 9; n++)
        {
            var batch = loader.Next(Stop);
            for (var i = 0; i < 4; i++)
            {
                var (index, view) = (batch.Indices[i], new float[Size * Size * 3]);
                var image = folder.Read(index, new ImageBuffer((w, h) =>
                    Math.Min(Plan(w, h, 0).Reduction(Size), Plan(w, h, 1).Reduction(Size))));
                renderer.Render(image, Plan(image.SourceWidth, image.SourceHeight, 0), view);
                Assert.True(view.AsSpan().SequenceEqual(batch.First.AsSpan(i * view.Length, view.Length)), $"image {index}, view v");
                renderer.Render(image, Plan(image.SourceWidth, image.SourceHeight, 1), view);
                Assert.True(view.AsSpan().SequenceEqual(batch.Second.AsSpan(i * view.Length, view.Length)), $"image {index}, view v'");

                ViewPlan Plan(int width, int height, int which) => sampler.Sample(width, height, batch.Epoch, index, which);
            }
        }
    }

    [Fact]
    public void Once_warm_photographs_are_loaded_without_allocating_them()
    {
        var data = new NotedDataset(new ImageFolder(_folder.Path));
        using (var loader = new ViewLoader(data, Views, 1, 4, 3, 1, 0))
        {
            for (var n = 0; n < 150; n++) loader.Next(Stop);
        }
        Assert.InRange((data.Allocated[599] - data.Allocated[100]) / 500, 0, 8192);   // the smallest image has 216 KB
    }
}
