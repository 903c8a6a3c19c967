using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Byol.Maps;

/// <summary>Vectors of length 1 (or 0) in managed memory, padded so that products of them need no remainder.</summary>
internal sealed class UnitRows
{
    private readonly float[] _values;
    private readonly int _stride;

    /// <param name="values">[N,D].</param>
    /// <param name="dimension">D.</param>
    public UnitRows(ReadOnlySpan<float> values, int dimension)
    {
        (Count, Dimension) = (values.Length / dimension, dimension);
        _stride = (dimension + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        _values = new float[Count * (long)_stride];
        for (var i = 0; i < Count; i++)
        {
            var row = _values.AsSpan(i * _stride, dimension);
            values.Slice(i * dimension, dimension).CopyTo(row);
            var length = MathF.Sqrt(Dot(Row(i), Row(i)));
            for (var d = 0; d < row.Length; d++) row[d] = length > 0 ? row[d] / length : 0;
        }
    }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>D.</summary>
    public int Dimension { get; }

    /// <summary>Numbers of a row with its padding.</summary>
    public int Stride => _stride;

    /// <summary>A row with its padding of zeros.</summary>
    public ReadOnlySpan<float> Row(int index) => _values.AsSpan(index * _stride, _stride);

    /// <summary>The products of four rows with one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Dot4(int first, ReadOnlySpan<float> other, Span<float> products)
    {
        ReadOnlySpan<Vector<float>> a = Vectors(Row(first)), b = Vectors(Row(first + 1)), c = Vectors(Row(first + 2)),
            d = Vectors(Row(first + 3)), o = Vectors(other);
        Vector<float> sa = default, sb = default, sc = default, sd = default;
        for (var i = 0; i < o.Length; i++)
        {
            sa = Vector.FusedMultiplyAdd(a[i], o[i], sa);
            sb = Vector.FusedMultiplyAdd(b[i], o[i], sb);
            sc = Vector.FusedMultiplyAdd(c[i], o[i], sc);
            sd = Vector.FusedMultiplyAdd(d[i], o[i], sd);
        }
        (products[0], products[1], products[2], products[3]) = (Vector.Sum(sa), Vector.Sum(sb), Vector.Sum(sc), Vector.Sum(sd));
    }

    /// <summary>The product of two padded rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector<float>> x = Vectors(a), y = Vectors(b);
        Vector<float> even = default, odd = default;
        var i = 0;
        for (; i + 1 < x.Length; i += 2)
        {
            even = Vector.FusedMultiplyAdd(x[i], y[i], even);
            odd = Vector.FusedMultiplyAdd(x[i + 1], y[i + 1], odd);
        }
        if (i < x.Length) even = Vector.FusedMultiplyAdd(x[i], y[i], even);
        return Vector.Sum(even + odd);
    }

    /// <summary>Adds a padded row, scaled, to another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(ReadOnlySpan<float> row, float scale, Span<float> sum)
    {
        var x = Vectors(row);
        var y = MemoryMarshal.Cast<float, Vector<float>>(sum);
        var s = new Vector<float>(scale);
        for (var i = 0; i < x.Length; i++) y[i] = Vector.FusedMultiplyAdd(x[i], s, y[i]);
    }

    private static ReadOnlySpan<Vector<float>> Vectors(ReadOnlySpan<float> row) => MemoryMarshal.Cast<float, Vector<float>>(row);
}
