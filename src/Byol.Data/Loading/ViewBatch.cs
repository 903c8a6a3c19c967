namespace Byol.Data.Loading;

/// <summary>Two views of each image of a batch, in memory that later batches reuse.</summary>
public sealed class ViewBatch : IPrefetched
{
    private readonly SortedSet<int> _unreadable = [];

    internal ViewBatch(int count, int imageSize)
    {
        (Count, ImageSize) = (count, imageSize);
        Indices = new int[count];
        First = new float[count * ViewLength];
        Second = new float[count * ViewLength];
    }

    /// <summary>B, the number of images.</summary>
    public int Count { get; }

    /// <summary>S, the side of a view in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>Floats of one view: S × S × 3.</summary>
    internal int ViewLength => ImageSize * ImageSize * 3;

    /// <summary>The batch's number since the start of the run.</summary>
    internal long Number { get; private set; } = -1;

    long IPrefetched.Number => Number;

    int IPrefetched.Places => Count;

    int IPrefetched.Missing { get; set; }

    /// <summary>The pass over the data that it belongs to, from 0.</summary>
    internal int Epoch { get; private set; }

    /// <summary>The images' indices, [B].</summary>
    public int[] Indices { get; }

    /// <summary>Images that could not be read, in the dataset's order; other images replace them.</summary>
    internal IReadOnlyCollection<int> Unreadable => _unreadable;

    /// <summary>v, [B,S,S,3], normalized.</summary>
    public float[] First { get; }

    /// <summary>v', [B,S,S,3], normalized.</summary>
    public float[] Second { get; }

    /// <summary>Takes note of an image, on any thread.</summary>
    internal void NoteUnreadable(int index)
    {
        lock (_unreadable) _unreadable.Add(index);
    }

    /// <summary>Makes it another batch, of which nothing is written yet.</summary>
    internal void Begin(long number, int epoch)
    {
        (Number, Epoch) = (number, epoch);
        ((IPrefetched)this).Missing = Count;
        _unreadable.Clear();
    }
}
