using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

/// <summary>Made-up features on which a fit is hard: variances over many decades, repeated and constant dimensions.</summary>
internal static class HardFeatures
{
    /// <summary>Images of which the first dimensions tell the class; along rotated axes the deviations fall from 1 to 10^-decades.</summary>
    public static FeatureBank Draw(int[] labels, int dimensions, double decades, float signal, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(seed);
        var classes = labels.Max() + 1;
        var centers = randn([classes, dimensions], generator: random) * signal;
        var features = randn([labels.Length, dimensions], generator: random);
        features += centers.index_select(0, tensor(labels.Select(l => (long)l).ToArray()));
        var scales = tensor(Enumerable.Range(0, dimensions).Select(i => (float)Math.Pow(10, -decades * i / dimensions)).ToArray());
        var rotation = linalg.qr(randn([dimensions, dimensions], generator: random)).Q;
        return Bank((features * scales).mm(rotation), labels);
    }

    /// <summary>The classes' indices, as often as said.</summary>
    public static int[] Labels(params int[] counts) => [.. counts.SelectMany((count, label) => Enumerable.Repeat(label, count))];

    /// <summary>The named hard cases.</summary>
    public static FeatureBank Named(string name) => name switch
    {
        "six decades" => Draw(Labels(60, 60, 60), 40, 6, 0.5f, 1),
        "separable" => Draw(Labels(50, 50, 50, 50), 30, 4, 4, 2),
        "unequal classes" => Draw(Labels(120, 40, 15, 5), 30, 3, 0.7f, 3),
        "fewer images than dimensions" => Draw(Labels(8, 8, 8), 100, 3, 0.5f, 4),
        "two classes" => Draw(Labels(70, 50), 30, 3, 0.3f, 5),
        "duplicate dimensions" => With(Draw(Labels(40, 40, 40), 10, 2, 0.5f, 6), x => cat([x, x, x], 1)),
        "constant dimensions" => With(Draw(Labels(40, 40, 40), 10, 2, 0.5f, 7), x => cat([x, ones(120, 1), zeros(120, 2)], 1)),
        _ => throw new ArgumentException(name),
    };

    public static TheoryData<string> Names =>
        ["six decades", "separable", "unequal classes", "fewer images than dimensions", "two classes", "duplicate dimensions", "constant dimensions"];

    private static FeatureBank With(FeatureBank bank, Func<Tensor, Tensor> change)
    {
        using (bank) return Bank(change(bank.Features), bank.Labels);
    }

    private static FeatureBank Bank(Tensor features, IReadOnlyList<int> labels) =>
        new(features.to(ScalarType.Float32).DetachFromDisposeScope(), labels, [.. Enumerable.Range(0, labels.Max() + 1).Select(c => $"{c}")]);
}
