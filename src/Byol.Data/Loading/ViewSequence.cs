using Byol.Data.Views;

namespace Byol.Data.Loading;

/// <summary>The plan of a view.</summary>
/// <param name="batch">The batch that it is for.</param>
/// <param name="index">The image.</param>
/// <param name="part">Which of the image's views, from 0.</param>
/// <param name="width">Width of the image in pixels.</param>
/// <param name="height">Height of the image in pixels.</param>
internal delegate ViewPlan DrawView(long batch, int index, int part, int width, int height);

/// <summary>Which images come in which batch, and the views of each.</summary>
/// <param name="Batches">How many batches there are.</param>
/// <param name="Largest">Most images of a batch, 1 or more.</param>
/// <param name="Indices">The images of a batch by its number, 1 or more.</param>
/// <param name="Draw">Their views.</param>
internal sealed record ViewSequence(long Batches, int Largest, Func<long, int[]> Indices, DrawView Draw)
{
    /// <summary>Views of each image.</summary>
    public int ViewsPerImage { get; private init; } = 1;

    /// <summary>Views of evaluation of all images, in their order.</summary>
    /// <param name="count">How many images there are.</param>
    /// <param name="views">Size and fit.</param>
    /// <param name="batchSize">Most views of a batch; of an image all are in one.</param>
    /// <param name="tiles">Views of each image: 1 for the image as its fit has it, more for tiles of it.</param>
    public static ViewSequence Center(int count, ViewOptions views, int batchSize, int tiles = 1) => Of(
        count, Math.Max(1, batchSize / tiles), (start, length) => [.. Enumerable.Range(start, length)], CenterOf(views, tiles)) with
    {
        ViewsPerImage = tiles,
    };

    /// <summary>Views of evaluation of some images.</summary>
    /// <param name="indices">Which.</param>
    /// <param name="views">Size and fit.</param>
    /// <param name="batchSize">Most views of a batch; of an image all are in one.</param>
    /// <param name="tiles">Views of each image: 1 for the image as its fit has it, more for tiles of it.</param>
    public static ViewSequence Center(int[] indices, ViewOptions views, int batchSize, int tiles = 1) => Of(
        indices.Length, Math.Max(1, batchSize / tiles), (start, length) => indices[start..(start + length)], CenterOf(views, tiles)) with
    {
        ViewsPerImage = tiles,
    };

    /// <summary>Views of some images as they are drawn in the first epoch.</summary>
    /// <param name="indices">Which.</param>
    /// <param name="sampler">Draws them.</param>
    /// <param name="view">0 for v, 1 for v'.</param>
    /// <param name="batchSize">Most images of a batch.</param>
    public static ViewSequence Drawn(int[] indices, ViewSampler sampler, int view, int batchSize) =>
        Of(indices.Length, batchSize, (start, length) => indices[start..(start + length)],
            (_, index, _, width, height) => sampler.Sample(width, height, epoch: 0, index, view));

    private static DrawView CenterOf(ViewOptions views, int tiles) => tiles == 1
        ? (_, _, _, width, height) => ViewSampler.Center(views, width, height)
        : (_, _, tile, width, height) => ViewSampler.Tile(tile, tiles, width, height);

    private static ViewSequence Of(int count, int batchSize, Func<int, int, int[]> slice, DrawView draw)
    {
        var size = Math.Clamp(count, 1, batchSize);
        return new ViewSequence(((long)count + size - 1) / size, size,
            batch => slice((int)batch * size, Math.Min(size, count - (int)batch * size)), draw);
    }
}
