using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;

namespace Byol.Data.Loading;

/// <summary>Decodes images and renders a view of each, or some, on its own threads, ahead of the encoder, in order and in bounded memory.
/// Images that cannot be read are left out and noted.</summary>
/// <remarks>Three batches are in memory, one lent and two ahead.</remarks>
public sealed class SingleViewLoader : IDisposable
{
    private const int BatchesInMemory = 3;

    private readonly IDataset _dataset;
    private readonly ViewOptions _views;
    private readonly ViewSequence _sequence;
    private readonly bool _normalizes;
    private readonly List<(int Index, string Reason)> _unreadable = [];
    private readonly Prefetcher<SingleViewBatch> _prefetcher;

    /// <summary>Starts loading the center view of every image, in the dataset's order.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="views">Size and center crop; pixels are in [0,1] and not normalized.</param>
    /// <param name="batchSize">Most images in a batch, 1 or more.</param>
    /// <param name="threads">Threads to work on, 1 or more.</param>
    public SingleViewLoader(IDataset dataset, ViewOptions views, int batchSize, int threads)
        : this(dataset, views, ViewSequence.Center(dataset.Count, views, AtLeastOne(batchSize)), threads)
    {
    }

    /// <summary>Starts loading a sequence of views.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="views">Size and normalization.</param>
    /// <param name="sequence">Which views.</param>
    /// <param name="threads">Threads to work on, 1 or more.</param>
    /// <param name="normalizes">Whether pixels are normalized; otherwise they are in [0,1].</param>
    internal SingleViewLoader(IDataset dataset, ViewOptions views, ViewSequence sequence, int threads, bool normalizes = false)
    {
        (_dataset, _views, _sequence, _normalizes) = (dataset, views, sequence, normalizes);
        var ring = Enumerable.Range(0, (int)Math.Min(BatchesInMemory, Math.Max(1, sequence.Batches)));
        _prefetcher = new Prefetcher<SingleViewBatch>(
            [.. ring.Select(_ => new SingleViewBatch(sequence.Largest, views.ImageSize, sequence.ViewsPerImage))], 0, sequence.Batches,
            (threads, "single views"), (batch, number) => batch.Begin(number, sequence.Indices(number)), Worker);
    }

    /// <summary>Images that could not be read so far, in the dataset's order.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable
    {
        get
        {
            lock (_unreadable)
                return [.. _unreadable.OrderBy(u => u.Index).Select(u => new UnreadableImage(_dataset.ItemName(u.Index), u.Reason))];
        }
    }

    /// <summary>The next batch in order, or null after the last. It is the caller's until the next call; it may be empty.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    public SingleViewBatch? Next(CancellationToken cancellation = default)
    {
        var batch = _prefetcher.Next(cancellation);
        batch?.Close();
        return batch;
    }

    // A thread's renderer and memory. The buffer asks how small the image may come once its size is known, and so its plan.
    private Action<SingleViewBatch, int> Worker()
    {
        var renderer = new ViewRenderer(_views);
        var (number, at) = (0L, 0);
        var buffer = new ImageBuffer((width, height) => Enumerable.Range(0, _sequence.ViewsPerImage)
            .Min(part => _sequence.Draw(number, at, part, width, height).Reduction(_views.ImageSize)));
        return (batch, place) =>
        {
            (number, at) = (batch.Number, batch.Index(place));
            var reason = Render(renderer, buffer, batch, place);
            batch.Note(place, reason is null);
            if (reason is null) return;
            lock (_unreadable) _unreadable.Add((at, reason));
        };
    }

    // Null, or why it cannot be read.
    private string? Render(ViewRenderer renderer, ImageBuffer buffer, SingleViewBatch batch, int place)
    {
        try
        {
            var index = batch.Index(place);
            var image = _dataset.Read(index, buffer);
            for (var part = 0; part < _sequence.ViewsPerImage; part++)
            {
                var plan = _sequence.Draw(batch.Number, index, part, image.SourceWidth, image.SourceHeight);
                if (_normalizes) renderer.Render(image, plan, batch.View(place, part));
                else renderer.RenderColors(image, plan, batch.View(place, part));
            }
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return e.Message;
        }
    }

    private static int AtLeastOne(int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return batchSize;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _prefetcher.Dispose();
}
