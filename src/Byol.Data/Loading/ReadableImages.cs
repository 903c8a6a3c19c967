using System.Collections.Concurrent;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Data.Loading;

/// <summary>A dataset of which some images cannot be read. Another image replaces each, for at most 1 % of the images, or for
/// one.</summary>
/// <param name="dataset">The images.</param>
/// <param name="unreadable">Indices of images that are known to be unreadable: they count.</param>
internal sealed class ReadableImages(IDataset dataset, IEnumerable<int> unreadable)
{
    private const double UnreadableLimit = 0.01;
    private const int Named = 10, LookedAt = 1000;

    private readonly SortedSet<int> _unreadable = [.. unreadable];

    /// <summary>Whether so many unreadable images end a run.</summary>
    /// <param name="unreadable">How many.</param>
    /// <param name="all">Of how many.</param>
    public static bool AreTooMany(int unreadable, int all) => unreadable > Math.Max(1, UnreadableLimit * all) || unreadable == all;

    /// <summary>The error that ends it where several processes could not read them.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="unreadable">Those that cannot be read.</param>
    public static InvalidDataException TooMany(IDataset dataset, IEnumerable<int> unreadable) =>
        new("At least " + new ReadableImages(dataset, []).Refusal([.. unreadable], dataset.Count, "by several ranks"));

    /// <summary>Names of the images that could not be read so far, in the dataset's order.</summary>
    public IReadOnlyList<string> Unreadable
    {
        get
        {
            lock (_unreadable) return [.. _unreadable.Select(dataset.ItemName)];
        }
    }

    /// <summary>Reads an image, or else the next one that can be read, so that the views of all other images stay the same.</summary>
    /// <param name="index">The image.</param>
    /// <param name="buffer">The calling thread's.</param>
    /// <param name="batch">Records those that cannot be read.</param>
    /// <exception cref="InvalidDataException">More than 1 % of the images and more than one cannot be read, or none can.</exception>
    public Image8 Read(int index, ImageBuffer buffer, ViewBatch batch)
    {
        for (var tried = 0; ; tried++)
        {
            var at = (int)(((long)index + tried) % dataset.Count);
            try
            {
                return dataset.Read(at, buffer);
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                batch.NoteUnreadable(at);
                Note(at, e);
            }
        }
    }

    private void Note(int index, Exception e)
    {
        lock (_unreadable)
        {
            _unreadable.Add(index);
            if (AreTooMany(_unreadable.Count, dataset.Count))
                throw new InvalidDataException("At least " + Refusal([.. _unreadable], dataset.Count, e.Message), e);
        }
    }

    /// <summary>Looks at the images before anything is made of them: at all of them, or at a thousand that are spread evenly. JPEGs are
    /// decoded small.</summary>
    /// <param name="dataset">The images.</param>
    /// <exception cref="InvalidDataException">More than 1 % of those, and more than one, cannot be read; the message names them.</exception>
    public static void Require(IDataset dataset)
    {
        var count = Math.Min(LookedAt, dataset.Count);
        var (images, failed) = (new ReadableImages(dataset, []), new ConcurrentDictionary<int, string>());
        using var buffers = new ThreadLocal<ImageBuffer>(() => new ImageBuffer((_, _) => 8));
        Parallel.For(0, count, i =>
        {
            var index = (int)((long)i * dataset.Count / count);
            try
            {
                dataset.Read(index, buffers.Value!);
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                failed[index] = e.Message;
            }
        });
        if (failed.Count > Math.Max(1, UnreadableLimit * count) || failed.Count == count)
            throw new InvalidDataException(images.Refusal([.. failed.Keys.Order()], count, failed[failed.Keys.Min()]));
    }

    // What cannot be read, by name, and what to do about it.
    private string Refusal(List<int> unreadable, int of, string first)
    {
        var names = string.Join(", ", unreadable.Take(Named).Select(dataset.ItemName));
        var more = unreadable.Count > Named ? $" and {unreadable.Count - Named} more" : "";
        var looked = of < dataset.Count ? $"{of} images that were looked at" : $"{of} images";
        return $"{unreadable.Count} of {looked} of {dataset.Name} cannot be read, and at most 1 % may be so: {names}{more} ({first.TrimEnd('.')}); "
            + "repair or remove them, or leave them out once and for all: DatasetPacker.Pack.";
    }
}
