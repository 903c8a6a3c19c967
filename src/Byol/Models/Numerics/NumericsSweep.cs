using static TorchSharp.torch;

namespace Byol.Models.Numerics;

/// <summary>The layers of all encoders that there are recipes for, and of their heads: what <c>byol doctor --numerics</c> goes through.</summary>
internal static class NumericsSweep
{
    private const long MostNumbers = 1 << 26;    // in one tensor: 256 MB in fp32, so that the sweep fits a small machine

    private static readonly double[] Widths = [0.25, 0.5, 1, 2, 4];
    private static readonly long[] Sizes = [32, 64, 96, 128, 160, 192, 224], Batches = [1, 2, 4, 8, 16, 32, 64], HeadRows = [2, 16, 64, 256];
    private static readonly ScalarType[] Types = [ScalarType.BFloat16, ScalarType.Float32];

    private const double LittleCost = 5e8;      // multiply-adds
    private const long FewNumbers = 1 << 22;

    /// <summary>All shapes, always in the same order. Layers that differ in batch and side alone are far apart, so that
    /// however few there is time for, all kinds are among them; wide 1x1 convolutions, which have been wrong before, come first.</summary>
    /// <param name="isWhole">All of them, or those alone that take little time.</param>
    public static IReadOnlyList<ILayerShape> Shapes(bool isWhole) =>
        [.. Encoders().Concat(Heads()).Distinct().Where(s => s.Largest <= MostNumbers && (isWhole || s is { Cost: <= LittleCost, Largest: <= FewNumbers }))
            .GroupBy(Kind)
            .SelectMany(kind => Shuffled(kind).Select((shape, round) => (shape, round)))
            .OrderBy(s => s.round).ThenByDescending(s => s.shape is ConvolutionShape { Kernel: 1, Out: var channels } ? channels : 0)
            .Select(s => s.shape)];

    // Drawn, the cheaper the sooner: many are computed in a given time, and some of the costly ones among the first.
    private static IEnumerable<ILayerShape> Shuffled(IEnumerable<ILayerShape> shapes)
    {
        var random = new Random(1);
        return shapes.OrderBy(s => random.NextDouble() * s.Cost);
    }

    private static IEnumerable<ILayerShape> Encoders() =>
        from encoder in EncoderKinds.Default.Defaults.Swept
        from size in Sizes
        from batch in Batches
        from type in Types
        from shape in encoder.LayerShapes(size, batch, type, withGradients: true)
        select shape;

    // Projector and predictor, of the paper and of the small recipes.
    private static IEnumerable<ILayerShape> Heads() =>
        from rows in HeadRows
        from type in Types
        from width in Widths
        from size in ((long[])[(long)(512 * width), (long)(2048 * width)])
        from hidden in ((long[])[1024, 4096])
        from shape in ((ILayerShape[])
        [
            new ProductShape(rows, size, hidden, type), new ProductShape(rows, hidden, 256, type), new ProductShape(rows, 256, hidden, type),
        ])
        select shape;

    private static object Kind(ILayerShape shape) => shape switch
    {
        ConvolutionShape c => c with { Batch = 0, Side = 0 },
        NormShape n => n with { Batch = 0, Side = 0 },
        _ => shape.Of(0),
    };
}
