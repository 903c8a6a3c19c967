namespace Byol.Data.Loading;

/// <summary>Center views of some images, in memory that is used again for later batches.
/// Images that cannot be read are not in it.</summary>
public sealed class CenterBatch
{
    private readonly float[] _pixels;
    private readonly int[] _indices;
    private readonly bool[] _readable;

    internal CenterBatch(int capacity, int imageSize)
    {
        ImageSize = imageSize;
        _pixels = new float[capacity * ViewLength];
        (_indices, _readable) = (new int[capacity], new bool[capacity]);
    }

    /// <summary>n, the number of images.</summary>
    public int Count { get; private set; }

    /// <summary>S, the side of a view in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>The views, [n,S,S,3], in [0,1].</summary>
    public ReadOnlySpan<float> Pixels => _pixels.AsSpan(0, Count * ViewLength);

    /// <summary>The images' indices in their dataset, [n], rising.</summary>
    public ReadOnlySpan<int> Indices => _indices.AsSpan(0, Count);

    /// <summary>Its number among the batches.</summary>
    internal int Number { get; private set; } = -1;

    /// <summary>Images that are not yet read.</summary>
    internal int Missing { get; set; }

    private int ViewLength => ImageSize * ImageSize * 3;

    internal Span<float> View(int place) => _pixels.AsSpan(place * ViewLength, ViewLength);

    internal void Begin(int number, int count) => (Number, Count, Missing) = (number, count, count);

    internal void Note(int place, int index, bool readable) => (_indices[place], _readable[place]) = (index, readable);

    /// <summary>Closes the gaps that unreadable images left.</summary>
    internal void Close()
    {
        var kept = 0;
        for (var place = 0; place < Count; place++)
        {
            if (!_readable[place]) continue;
            if (kept < place)
            {
                View(place).CopyTo(View(kept));
                _indices[kept] = _indices[place];
            }
            kept++;
        }
        Count = kept;
    }
}
