namespace Byol.Runs;

/// <summary>A point of a curve, with the three ways to say where it stands.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Seconds">Training time, of all processes of the run.</param>
/// <param name="Value">What was measured.</param>
internal readonly record struct SeriesPoint(long Step, double Epoch, double Seconds, double Value);

/// <summary>A curve of any length in bounded memory. Neighboring points share a bucket that keeps its lowest and its highest, so that no
/// peak is lost; if there are too many buckets, every two of them become one.</summary>
internal sealed class ThinnedSeries
{
    /// <summary>Most points that are kept: more than a chart has pixels.</summary>
    public const int MostPoints = 2 * MostBuckets + 2;

    private const int MostBuckets = 500;
    private readonly List<Bucket> _buckets = [];
    private SeriesPoint _first, _last;
    private long _perBucket = 1, _inLast;

    private readonly record struct Bucket(SeriesPoint Low, SeriesPoint High)
    {
        public Bucket With(Bucket other) => new(
            other.Low.Value < Low.Value ? other.Low : Low, other.High.Value > High.Value ? other.High : High);
    }

    /// <summary>Points that were added.</summary>
    public long Count { get; private set; }

    /// <summary>The last point that was added; null before the first.</summary>
    public SeriesPoint? Last => Count == 0 ? null : _last;

    /// <summary>Adds a point behind the others; one that is not a number is left out.</summary>
    public void Add(SeriesPoint point)
    {
        if (!double.IsFinite(point.Value)) return;
        if (Count++ == 0) _first = point;
        _last = point;
        var bucket = new Bucket(point, point);
        if (_buckets.Count > 0 && _inLast < _perBucket) _buckets[^1] = _buckets[^1].With(bucket);
        else Open(bucket);
        _inLast++;
    }

    /// <summary>The first and the last point, and the lowest and the highest of each bucket, in order.</summary>
    public IReadOnlyList<SeriesPoint> Points()
    {
        var points = new List<SeriesPoint>(2 * _buckets.Count + 2);
        if (Count > 0) Append(_first);
        foreach (var (low, high) in _buckets)
        {
            Append(low.Step <= high.Step ? low : high);
            Append(low.Step <= high.Step ? high : low);
        }
        if (Count > 0) Append(_last);
        return points;

        void Append(SeriesPoint point)
        {
            if (points.Count == 0 || points[^1] != point) points.Add(point);
        }
    }

    private void Open(Bucket bucket)
    {
        if (_buckets.Count == MostBuckets)
        {
            for (var i = 0; i < MostBuckets / 2; i++) _buckets[i] = _buckets[2 * i].With(_buckets[2 * i + 1]);
            _buckets.RemoveRange(MostBuckets / 2, MostBuckets / 2);
            _perBucket *= 2;
        }
        _buckets.Add(bucket);
        _inLast = 0;
    }
}
