using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation.Classification;

/// <summary>How unlike all that a classifier has learned from an image is: 1 − the cosine to its k-th nearest training feature.</summary>
/// <param name="References">Training features of length 1, [R,D] fp32.</param>
/// <param name="Neighbors">k.</param>
internal sealed record NoveltyModel(Tensor References, int Neighbors) : IDisposable
{
    private const int Nearest = 1, MostReferences = 10_000;
    private const double LeastLength = 1e-12;   // of torch.nn.functional.normalize: a vector of zeros stays one

    /// <summary>Takes training features as references: all, or 10,000 of more, spread evenly.</summary>
    /// <param name="features">[N,D] fp32.</param>
    public static NoveltyModel Of(Tensor features)
    {
        using var scope = NewDisposeScope();
        var (n, count) = (features.shape[0], Math.Min(features.shape[0], MostReferences));
        var rows = tensor(Enumerable.Range(0, (int)count).Select(i => i * n / count).ToArray());
        return new NoveltyModel(Unit(features.index_select(0, rows)).DetachFromDisposeScope(), (int)Math.Min(Nearest, count));
    }

    /// <summary>The novelty of images.</summary>
    /// <param name="features">[M,D] fp32.</param>
    /// <returns>M numbers, 0 to 2: the higher, the more unlike.</returns>
    public double[] Scores(Tensor features)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var result = new double[features.shape[0]];
        BlockedCosine.ForEach(Unit(features), References, (start, similarities) =>
        {
            var (nearest, _) = similarities.topk(Neighbors, dim: 1);
            var kth = nearest.select(1, Neighbors - 1).contiguous().data<float>();
            for (var i = 0; i < kth.Count; i++) result[start + i] = Math.Max(0, 1 - kth[i]);
        });
        return result;
    }

    private static Tensor Unit(Tensor features)
    {
        using Scalar least = LeastLength;
        return features.div(features.norm(1, keepdim: true, p: 2).clamp_min_(least));
    }

    /// <inheritdoc/>
    public void Dispose() => References.Dispose();
}
