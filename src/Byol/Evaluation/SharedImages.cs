using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>Images to classify that are among those that are learned from: what is known of them says nothing about other images.</summary>
/// <param name="Same">How many are there pixel for pixel, as the encoder sees them.</param>
/// <param name="Near">How many others are nearly so: their cosine distance to one is at most a hundredth of that of two images in the mean.
/// </param>
internal sealed record SharedImages(int Same, int Near)
{
    private const double NearShare = 0.01, LeastSpread = 1e-3;   // where all embeddings are nearly one, near says nothing

    /// <summary>Counts those that are the same; no embedding is compared.</summary>
    /// <param name="train">Of the images that are learned from.</param>
    /// <param name="test">Of those that are classified.</param>
    public static SharedImages OfPixels(FeatureBank train, FeatureBank test) => new(Places(train, test).Count(same => same), 0);

    /// <summary>Counts those that are the same and those that are nearly so.</summary>
    /// <inheritdoc cref="OfPixels"/>
    public static SharedImages Between(FeatureBank train, FeatureBank test)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var same = Places(train, test);
        var (bank, queries) = (Unit(train), Unit(test));
        var usual = 1 - bank.mean([0]).dot(queries.mean([0])).item<float>();
        if (usual < LeastSpread) return new SharedImages(same.Count(s => s), 0);
        var near = 0;
        BlockedCosine.ForEach(queries, bank, (start, similarities) =>
        {
            var nearest = similarities.amax([1]).data<float>().ToArray();                // [B]
            for (var i = 0; i < nearest.Length; i++)
            {
                if (!same[(int)start + i] && 1 - nearest[i] <= NearShare * usual) near++;
            }
        });
        return new SharedImages(same.Count(s => s), near);
    }

    private static Tensor Unit(FeatureBank bank) => functional.normalize(bank.Features, p: 2, dim: 1);

    private static bool[] Places(FeatureBank train, FeatureBank test)
    {
        var known = train.Digests.ToHashSet();
        return test.Digests.Count == 0 ? new bool[test.Features.shape[0]] : [.. test.Digests.Select(known.Contains)];
    }
}
