using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>The k largest elements of each row, largest first, and of equals the first. topk is the truth beside it, but leaves the order
/// of equals open; if there are NaNs it answers.</summary>
/// <remarks>A row is cut into groups. k of them have a maximum of at least b, the k-th largest of the maxima, so the k largest elements are
/// among those of at least b; with about 2k groups these are few, and only they are sorted.</remarks>
internal static class TopK
{
    private const int GroupsForOne = 2;
    private const int LeastGroup = 16;      // below, the maxima are as much work as the row

    /// <summary>Finds them.</summary>
    /// <param name="rows">[B,N] fp32, contiguous; where they are not on the processor, topk answers.</param>
    /// <param name="k">1 to N.</param>
    /// <returns>Values, [B,k] fp32, and their places in the row, [B,k] int64.</returns>
    public static (Tensor Values, Tensor Places) Find(Tensor rows, int k)
    {
        var (count, length) = ((int)rows.shape[0], (int)rows.shape[1]);
        var group = length / (GroupsForOne * k);
        if (group < LeastGroup || rows.device_type != TorchSharp.DeviceType.CPU) return rows.topk(k, 1);
        var (values, places) = (empty(count, k), empty([count, k], ScalarType.Int64));
        var parts = Math.Min(get_num_threads(), count);
        var complete = 1;
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, part =>
        {
            var row = new Row(length, group, k);
            var all = Elements<float>(rows);
            var found = Elements<float>(values);
            var at = Elements<long>(places);
            for (var i = count * part / parts; i < count * (part + 1) / parts; i++)
            {
                if (!row.TryFind(all.Slice(i * length, length), found.Slice(i * k, k), at.Slice(i * k, k))) Volatile.Write(ref complete, 0);
            }
        });
        if (complete == 1) return (values, places);
        values.Dispose();
        places.Dispose();
        return rows.topk(k, 1);

        static Span<T> Elements<T>(Tensor tensor) where T : struct => MemoryMarshal.Cast<byte, T>(tensor.bytes);
    }

    // Scratch of one thread.
    private sealed class Row(int length, int group, int k)
    {
        private readonly float[] _maxima = new float[(length + group - 1) / group], _ordered = new float[(length + group - 1) / group];
        private ulong[] _candidates = new ulong[4 * k];

        // False if there is a NaN. (Optimized at once: the first blocks would be four times slower.)
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public bool TryFind(ReadOnlySpan<float> row, Span<float> values, Span<long> places)
        {
            for (var g = 0; g < _maxima.Length; g++) _maxima[g] = Maximum(Group(row, g));
            _maxima.CopyTo(_ordered.AsSpan());
            _ordered.AsSpan().Sort();                           // NaN comes first
            if (float.IsNaN(_ordered[0])) return false;
            var count = Collect(row, _ordered[^k]);
            _candidates.AsSpan(0, count).Sort();
            for (var i = 0; i < k; i++)
            {
                var place = Place(_candidates[count - 1 - i]);
                (values[i], places[i]) = (row[place], place);
            }
            return true;
        }

        private ReadOnlySpan<float> Group(ReadOnlySpan<float> row, int g) => row.Slice(g * group, Math.Min(group, row.Length - g * group));

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int Collect(ReadOnlySpan<float> row, float bound)
        {
            var count = 0;
            for (var g = 0; g < _maxima.Length; g++)
            {
                if (_maxima[g] < bound) continue;
                var elements = Group(row, g);
                for (var i = 0; i < elements.Length; i++)
                {
                    if (elements[i] < bound) continue;
                    if (count == _candidates.Length) Array.Resize(ref _candidates, 2 * count);
                    _candidates[count++] = Key(elements[i], g * group + i);
                }
            }
            return count;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Maximum(ReadOnlySpan<float> elements)
        {
            var largest = new Vector<float>(float.NegativeInfinity);
            var vectors = MemoryMarshal.Cast<float, Vector<float>>(elements);
            foreach (var vector in vectors) largest = Vector.Max(largest, vector);
            var maximum = float.NegativeInfinity;
            for (var lane = 0; lane < Vector<float>.Count; lane++) maximum = Math.Max(maximum, largest[lane]);
            foreach (var element in elements[(vectors.Length * Vector<float>.Count)..]) maximum = Math.Max(maximum, element);
            return maximum;
        }

        // Orders by value, then by place from the back.
        private static ulong Key(float value, int place)
        {
            var bits = BitConverter.SingleToInt32Bits(value + 0f);      // +0 for −0: they are equal
            return (ulong)(uint)(bits < 0 ? ~bits : bits | int.MinValue) << 32 | (uint)~place;
        }

        private static int Place(ulong key) => ~(int)(uint)key;
    }
}
