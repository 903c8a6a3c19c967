using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

/// <summary>Made-up features: a Gaussian cloud for each class around a center of its own.</summary>
internal static class Clusters
{
    public static FeatureBank Draw(int count, int dimensions, int classes, ulong seed, float spread = 1)
    {
        using var scope = NewDisposeScope();
        using var centers = new Generator(99);
        using var random = new Generator(seed);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % classes)];
        var middle = randn([classes, dimensions], generator: centers).index_select(0, tensor(labels.Select(l => (long)l).ToArray()));
        var features = middle + randn([count, dimensions], generator: random) * spread;
        return new FeatureBank(features.DetachFromDisposeScope(), labels, [.. Enumerable.Range(0, classes).Select(c => $"{c}")]);
    }

    public static double Accuracy(Tensor scores, FeatureBank bank) => ClassificationResult.Of(scores, bank.Labels).Accuracy;
}
