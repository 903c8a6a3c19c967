using Byol.Data.Datasets;
using Byol.Data.Views;

namespace Byol.Data.Loading;

/// <summary>Decodes images and renders their views on its own threads, ahead of the training step, in order and in bounded
/// memory.</summary>
/// <remarks>
/// Three batches are in memory, one lent and two ahead. The contents of a batch depend on seed, epoch and index alone: the bits are the
/// same for any number of threads, and when a run is resumed at a later batch.
/// </remarks>
public sealed class ViewLoader : IDisposable
{
    private const int BatchesInMemory = 3;

    private readonly ReadableImages _images;
    private readonly ViewOptions _views;
    private readonly EpochOrder _order;
    private readonly long _batchesPerEpoch;
    private readonly Shard _shard;
    private readonly Prefetcher<ViewBatch> _prefetcher;
    private (int Epoch, int[] Indices) _epoch = (-1, []);

    /// <summary>Starts loading.</summary>
    /// <param name="dataset">The images, at least a batch of them.</param>
    /// <param name="views">How views are made.</param>
    /// <param name="seed">Seeds order and views.</param>
    /// <param name="batchSize">B, images per batch.</param>
    /// <param name="batchesPerEpoch">Batches taken of each shuffle; the images beyond them are left out of that epoch.</param>
    /// <param name="threads">Threads to work on, at least 1.</param>
    /// <param name="firstBatch">The batch to begin with; above 0 when a run is resumed.</param>
    /// <param name="unreadable">Indices of images that could not be read before the run was resumed; they count toward the 1 %.</param>
    public ViewLoader(
        IDataset dataset, ViewOptions views, ulong seed, int batchSize, long batchesPerEpoch, int threads, long firstBatch,
        params IEnumerable<int> unreadable)
        : this(dataset, views, seed, batchSize, batchesPerEpoch, threads, firstBatch, Shard.Whole, unreadable)
    {
    }

    /// <inheritdoc cref="ViewLoader(IDataset, ViewOptions, ulong, int, long, int, long, IEnumerable{int})"/>
    /// <param name="dataset">The images, at least a batch of them for each rank.</param>
    /// <param name="views">How views are made.</param>
    /// <param name="seed">Seeds order and views.</param>
    /// <param name="batchSize">B, images per batch of this rank.</param>
    /// <param name="batchesPerEpoch">Batches taken of each shuffle; the images beyond them are left out of that epoch.</param>
    /// <param name="threads">Threads to work on, at least 1.</param>
    /// <param name="firstBatch">The batch to begin with; above 0 when a run is resumed.</param>
    /// <param name="shard">The part of every batch for this rank.</param>
    /// <param name="unreadable">Indices of images that could not be read before the run was resumed; they count toward the 1 %.</param>
    internal ViewLoader(
        IDataset dataset, ViewOptions views, ulong seed, int batchSize, long batchesPerEpoch, int threads, long firstBatch, Shard shard,
        IEnumerable<int> unreadable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchesPerEpoch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batchesPerEpoch * batchSize * shard.Count, dataset.Count, nameof(batchSize));
        (_images, _views, _batchesPerEpoch, _shard) = (new ReadableImages(dataset, unreadable), views, batchesPerEpoch, shard);
        _order = new EpochOrder(dataset.Count, seed);
        var sampler = new ViewSampler(views, seed);
        _prefetcher = new Prefetcher<ViewBatch>(
            [.. Enumerable.Range(0, BatchesInMemory).Select(_ => new ViewBatch(batchSize, views.ImageSize))], firstBatch, long.MaxValue,
            (threads, "views"), Begin, () => new ViewWriter(_images, views, sampler).Write);
    }

    /// <summary>S, the side of its views in pixels.</summary>
    internal int ImageSize => _views.ImageSize;

    /// <summary>How long the last <see cref="Next"/> waited for its batch.</summary>
    internal TimeSpan LastWait => _prefetcher.LastWait;

    /// <summary>Names of images that could not be read; another image replaces each of them.</summary>
    internal IReadOnlyList<string> Unreadable => _images.Unreadable;

    /// <summary>The next batch in order. It is the caller's until the next call.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidDataException">More than 1 % of the images cannot be read.</exception>
    public ViewBatch Next(CancellationToken cancellation = default) => _prefetcher.Next(cancellation)!;

    private void Begin(ViewBatch batch, long number)
    {
        batch.Begin(number, (int)(number / _batchesPerEpoch));
        if (_epoch.Epoch != batch.Epoch) _epoch = (batch.Epoch, _order.Indices(batch.Epoch));
        _epoch.Indices.AsSpan(_shard.Start(number % _batchesPerEpoch, batch.Count), batch.Count).CopyTo(batch.Indices);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _prefetcher.Dispose();
}
