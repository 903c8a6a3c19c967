namespace Byol.Data.Loading;

/// <summary>Views of a batch of images, one or several of each, in memory that later batches reuse. Images that cannot be read are left
/// out.</summary>
public sealed class SingleViewBatch : IPrefetched
{
    private readonly float[] _pixels;
    private readonly bool[] _readable;
    private int[] _indices = [];

    internal SingleViewBatch(int capacity, int imageSize, int viewsPerImage = 1)
    {
        (ImageSize, ViewsPerImage) = (imageSize, viewsPerImage);
        _pixels = new float[capacity * ImageLength];
        _readable = new bool[capacity];
    }

    /// <summary>n, the number of images.</summary>
    public int Count { get; private set; }

    /// <summary>S, the side of a view in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>V, the number of views of each image.</summary>
    internal int ViewsPerImage { get; }

    /// <summary>The views, [n,S,S,3]; [n,V,S,S,3] if an image has several.</summary>
    public ReadOnlySpan<float> Pixels => _pixels.AsSpan(0, Count * ImageLength);

    /// <summary>The images' indices in their dataset, [n].</summary>
    public ReadOnlySpan<int> Indices => _indices.AsSpan(0, Count);

    /// <summary>Its number among the batches.</summary>
    internal long Number { get; private set; } = -1;

    /// <summary>Images that belong to it, including those that cannot be read.</summary>
    internal int Places { get; private set; }

    long IPrefetched.Number => Number;

    int IPrefetched.Places => Places;

    int IPrefetched.Missing { get; set; }

    private int ViewLength => ImageSize * ImageSize * 3;

    private int ImageLength => ViewsPerImage * ViewLength;

    internal int Index(int place) => _indices[place];

    internal Span<float> View(int place, int part) => Image(place).Slice(part * ViewLength, ViewLength);

    private Span<float> Image(int place) => _pixels.AsSpan(place * ImageLength, ImageLength);

    internal void Begin(long number, int[] indices)
    {
        (Number, Count, Places, _indices) = (number, indices.Length, indices.Length, [.. indices]);
        ((IPrefetched)this).Missing = indices.Length;
    }

    internal void Note(int place, bool readable) => _readable[place] = readable;

    /// <summary>Closes the gaps that unreadable images left.</summary>
    internal void Close()
    {
        var kept = 0;
        for (var place = 0; place < Places; place++)
        {
            if (!_readable[place]) continue;
            if (kept < place)
            {
                Image(place).CopyTo(Image(kept));
                _indices[kept] = _indices[place];
            }
            kept++;
        }
        Count = kept;
    }
}
