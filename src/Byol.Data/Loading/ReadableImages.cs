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

    private readonly SortedSet<int> _unreadable = [.. unreadable];

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
            if (_unreadable.Count > Math.Max(1, UnreadableLimit * dataset.Count) || _unreadable.Count == dataset.Count)
            {
                throw new InvalidDataException(
                    $"More than 1 % of {dataset.Name} cannot be read, {dataset.ItemName(index)} among them ({e.Message}); "
                        + "repair or remove these images.",
                    e);
            }
        }
    }
}
