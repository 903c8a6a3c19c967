using Byol.Data.Images;

namespace Byol.Data.Datasets;

/// <summary>The result of packing.</summary>
public sealed class PackResult
{
    internal PackResult(bool finished, int images, IReadOnlyList<UnreadableImage> unreadable, long bytes) =>
        (Finished, Images, Unreadable, Bytes) = (finished, images, unreadable, bytes);

    /// <summary>Whether the file is complete; if not, the next call resumes.</summary>
    public bool Finished { get; }

    /// <summary>Images in the file.</summary>
    public int Images { get; }

    /// <summary>Images left out.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable { get; }

    /// <summary>Length of the file.</summary>
    public long Bytes { get; }
}

/// <summary>How data was packed.</summary>
public sealed class PackInfo
{
    internal PackInfo(PackedDataset pack) => (Source, ShortSide, Unreadable) = (pack.Source, pack.ShortSide, pack.Unreadable);

    /// <summary>The name of the data in messages.</summary>
    public string Source { get; }

    /// <summary>In pixels: images with a longer short side were shrunk to it.</summary>
    public int ShortSide { get; }

    /// <summary>Images left out.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable { get; }
}

/// <summary>Decodes images once, shrinks large ones, and keeps them in one file that <see cref="PackedDataset"/> reads.</summary>
public static class DatasetPacker
{
    /// <summary>The ending of such files, by custom.</summary>
    public const string Extension = PackedDataset.Extension;

    /// <summary>How the data was packed; null if it is not a pack.</summary>
    /// <param name="data">The images.</param>
    public static PackInfo? Describe(IDataset data) => data is PackedDataset pack ? new PackInfo(pack) : null;

    private const int AheadPerThread = 4;   // small results wait for a slow image before them

    /// <summary>Packs data. The bytes of the file depend on data and short side alone, not on threads or interruptions.</summary>
    /// <param name="data">The images; those that cannot be read are left out, and their names kept in the file.</param>
    /// <param name="path">The file to make, which must not exist. Until it is complete it is called <c>path.partial</c>; a partial file of
    /// an earlier call with the same data and short side is resumed.</param>
    /// <param name="shortSide">Images whose short side is longer are shrunk to it, in pixels.</param>
    /// <param name="threads">How many images to decode at once.</param>
    /// <param name="progress">Called after every image, on the calling thread, with the number of images processed so far, the number that
    /// an earlier run processed, and the length of the file in bytes.</param>
    /// <param name="cancellation">Stops it after the images in progress; what has been packed is kept.</param>
    /// <returns>The result; no file is written if no image could be read.</returns>
    /// <exception cref="DatasetException">The file exists, or its partial file belongs to other data or another short side.</exception>
    /// <exception cref="IOException">The file cannot be written; the next call resumes.</exception>
    public static PackResult Pack(
        IDataset data, string path, int shortSide, int threads, Action<int, int, long> progress, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shortSide, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (Path.Exists(path)) throw new DatasetException($"{path} exists already; delete it, or choose another path.");
        using var writer = new PackWriter(path, PackHeader.Of(data, shortSide));
        var finished = Append(data, writer, shortSide, threads, progress, cancellation);
        var images = writer.Count - writer.Unreadable.Count;
        if (!finished) return new PackResult(false, images, writer.Unreadable, writer.Length);
        if (images == 0) writer.Discard();
        else writer.Finish();
        return new PackResult(true, images, writer.Unreadable, images == 0 ? 0 : new FileInfo(path).Length);
    }

    private static bool Append(
        IDataset data, PackWriter writer, int shortSide, int threads, Action<int, int, long> progress, CancellationToken cancellation)
    {
        var (kept, next) = (writer.Count, writer.Count);
        var pending = new Queue<Task<byte[]>>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // At least twice the short side is left to the filter, which is then hardly told from that of the whole image.
        using var buffers = new ThreadLocal<ImageBuffer>(
            () => new ImageBuffer((width, height) => ImageBuffer.MostReduction(Math.Min(width, height), 2 * shortSide)));
        var workers = new TaskFactory(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler);
        try
        {
            progress(kept, kept, writer.Length);
            while (writer.Count < data.Count)
            {
                for (; next < data.Count && pending.Count < threads * AheadPerThread; next++)
                {
                    var index = next;
                    pending.Enqueue(workers.StartNew(() => Encode(data, index, shortSide, buffers.Value!), stop.Token));
                }
                if (cancellation.IsCancellationRequested) return false;
                writer.Add(pending.Dequeue().GetAwaiter().GetResult());
                progress(writer.Count, kept, writer.Length);
            }
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            stop.Cancel();
            ((Task)Task.WhenAll(pending)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        }
    }

    private static byte[] Encode(IDataset data, int index, int shortSide, ImageBuffer buffer)
    {
        var (label, name) = (data.Label(index), data.ItemName(index));
        try
        {
            return PackRecord.Encode(index, label, name, Shrink.ToShortSide(data.Read(index, buffer), shortSide));
        }
        catch (InvalidDataException e)
        {
            return PackRecord.Encode(index, label, new UnreadableImage(name, e.Message));
        }
    }
}
