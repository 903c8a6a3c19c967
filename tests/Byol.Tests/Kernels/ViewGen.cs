using CsCheck;

namespace Byol.Tests.Kernels;

/// <summary>Views of floats in [0,1], with 0, 1, ties and grays more often than chance would have them.</summary>
internal static class ViewGen
{
    private static readonly Gen<float> Value =
        Gen.Frequency((6, Gen.Float[0, 1]), (1, Gen.Const(0f)), (1, Gen.Const(1f)), (1, Gen.Const(0.5f)));

    private static readonly Gen<float[]> Pixel =
        Gen.Frequency((5, Value.Array[3]), (1, Value.Select(v => new[] { v, v, v })),
            (1, Gen.Select(Value, Value).Select((a, b) => new[] { a, b, a })));

    /// <summary>1 to 64 pixels.</summary>
    public static readonly Gen<float[]> Any = Pixel.Array[1, 64].Select(pixels => pixels.SelectMany(p => p).ToArray());

    /// <summary>A square view and its side.</summary>
    public static readonly Gen<(int Size, float[] View)> Square =
        Gen.Int[4, 12].SelectMany(size => Pixel.Array[size * size].Select(pixels => (size, pixels.SelectMany(p => p).ToArray())));

    /// <summary>Applies a kernel to a copy.</summary>
    public static float[] After(this float[] view, Action<float[]> kernel)
    {
        var copy = view.ToArray();
        kernel(copy);
        return copy;
    }

    public static bool IsClose(this float[] actual, float[] expected, float tolerance = 2e-6f) =>
        actual.Length == expected.Length && actual.Zip(expected).All(p => Math.Abs(p.First - p.Second) <= tolerance);
}
