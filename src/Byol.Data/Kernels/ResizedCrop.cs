using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Byol.Data.Kernels;

/// <summary>Cuts a rectangle out of an image and brings it to a square, antialiased as Pillow does: where the rectangle shrinks, the filter
/// widens with it; weights are normalized within the rectangle.</summary>
/// <remarks>Separable: rows first. Holds scratch memory and is for one thread.</remarks>
/// <param name="size">S, the side of the square in pixels.</param>
/// <param name="interpolation">The filter.</param>
internal sealed class ResizedCrop(int size, Interpolation interpolation)
{
    private float[] _rows = [];
    private int[] _taps = [];
    private readonly ResampleFilter _horizontal = new(size, interpolation), _vertical = new(size, interpolation);

    /// <summary>S.</summary>
    public int Size => size;

    /// <summary>Resizes one rectangle.</summary>
    /// <param name="pixels">The whole image, u8 HWC.</param>
    /// <param name="imageWidth">Its width in pixels.</param>
    /// <param name="rectangle">Within the image.</param>
    /// <param name="window">The part of the square that it fills; what lies outside is left as it is.</param>
    /// <param name="square">S × S × 3 floats to fill, HWC, in [0,1].</param>
    public void Apply(ReadOnlySpan<byte> pixels, int imageWidth, Rectangle rectangle, Window window, Span<float> square)
    {
        _horizontal.Prepare(rectangle.X, rectangle.Width, window.Width);
        _vertical.Prepare(rectangle.Y, rectangle.Height, window.Height);
        var stride = window.Width * 3;
        if (_rows.Length < _vertical.Length * stride) _rows = new float[_vertical.Length * stride];

        for (var row = 0; row < _vertical.Length; row++)
        {
            var source = pixels.Slice(((_vertical.Origin + row) * imageWidth + _horizontal.Origin) * 3, _horizontal.Length * 3);
            var target = _rows.AsSpan(row * stride, stride);
            for (var column = 0; column < window.Width; column++)
            {
                var weights = _horizontal.Weights(column);
                var (red, green, blue) = (0f, 0f, 0f);
                var at = source[(_horizontal.Start(column) * 3)..];
                for (var k = 0; k < weights.Length; k++)
                {
                    var w = weights[k];
                    red += w * at[3 * k];
                    green += w * at[3 * k + 1];
                    blue += w * at[3 * k + 2];
                }
                (target[3 * column], target[3 * column + 1], target[3 * column + 2]) = (red, green, blue);
            }
        }

        for (var row = 0; row < window.Height; row++)
        {
            var start = _vertical.Start(row);
            var weights = _vertical.Weights(row);
            var target = Row(square, window, row);
            target.Clear();
            for (var k = 0; k < weights.Length; k++)
            {
                var w = weights[k] / 255f;
                var source = _rows.AsSpan((start + k) * stride, stride);
                for (var i = 0; i < target.Length; i++) target[i] += w * source[i];
            }
            for (var i = 0; i < target.Length; i++) target[i] = Math.Clamp(target[i], 0f, 1f);   // cubics overshoot
        }
    }

    /// <summary>The same, with the columns first, where bytes lie side by side, and the flip in the same pass.</summary>
    internal void Apply<T>(
        ReadOnlySpan<byte> pixels, int imageWidth, Rectangle rectangle, Window window, bool flip, Span<float> square)
        where T : struct, ILane<T>
    {
        _horizontal.Prepare(rectangle.X, rectangle.Width, window.Width);
        _vertical.Prepare(rectangle.Y, rectangle.Height, window.Height);
        var length = _horizontal.Length * 3;
        if (_rows.Length < length + 1) _rows = new float[length + 1];   // a pixel is fetched as four floats
        if (_taps.Length < _vertical.Count) _taps = new int[_vertical.Count];
        for (var row = 0; row < window.Height; row++)
        {
            var weights = _vertical.Weights(row);
            var taps = _taps.AsSpan(0, weights.Length);
            for (var k = 0; k < taps.Length; k++)
                taps[k] = ((_vertical.Origin + _vertical.Start(row) + k) * imageWidth + _horizontal.Origin) * 3;
            WeightedSum.Of<T>(pixels, taps, weights, _rows.AsSpan(0, length));
            Columns(_rows, flip, Row(square, window, row));
        }
    }

    private Span<float> Row(Span<float> square, Window window, int row) =>
        square.Slice(((window.Y + row) * size + window.X) * 3, window.Width * 3);

    // A pixel is four floats of a register, the fourth of which the next pixel overwrites.
    private void Columns(ReadOnlySpan<float> row, bool flip, Span<float> target)
    {
        var width = target.Length / 3;
        ref var source = ref MemoryMarshal.GetReference(row[..(3 * _horizontal.Length + 1)]);
        for (var column = 0; column < width; column++)
        {
            var from = flip ? width - 1 - column : column;
            ref var at = ref Unsafe.Add(ref source, 3 * _horizontal.Start(from));
            var sum = Vector128<float>.Zero;
            foreach (var weight in _horizontal.Weights(from))
            {
                sum = Vector128.MultiplyAddEstimate(Vector128.Create(weight), Vector128.LoadUnsafe(ref at), sum);
                at = ref Unsafe.Add(ref at, 3);
            }
            var pixel = Vector128.MinNative(Vector128.Create(1f), Vector128.MaxNative(Vector128<float>.Zero, sum * (1 / 255f)));
            if (column < width - 1) pixel.StoreUnsafe(ref target[3 * column]);
            else (target[3 * column], target[3 * column + 1], target[3 * column + 2]) = (pixel[0], pixel[1], pixel[2]);
        }
    }
}
