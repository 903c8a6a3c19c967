using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Embeddings;

/// <summary>Images that are nearly the same.</summary>
public sealed class DuplicateGroup
{
    internal DuplicateGroup(IReadOnlyList<int> members, IReadOnlyList<float> similarities) =>
        (Members, Similarities) = (members, [.. similarities.Select(s => Math.Clamp(s, -1, 1))]);      // rounding leaves 1.0000001

    /// <summary>Their rows, two or more, in ascending order.</summary>
    public IReadOnlyList<int> Members { get; }

    /// <summary>The cosine of each with the member nearest to it.</summary>
    public IReadOnlyList<float> Similarities { get; }
}

/// <summary>Near-duplicates and outliers in a set of embeddings.</summary>
public static class Duplicates
{
    /// <summary>Groups of near-duplicates: every two members have at least this similarity (complete link).</summary>
    /// <param name="bank">[N,D] fp32, rows of length 1.</param>
    /// <param name="threshold">The least cosine of two members, above 0, at most 1; <see cref="Threshold"/> finds one from the
    /// data.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    /// <returns>The largest group first.</returns>
    /// <exception cref="InvalidDataException">Nearly all images are alike, and the pairs do not fit into memory.</exception>
    public static IReadOnlyList<DuplicateGroup> Groups(Tensor bank, double threshold, CancellationToken cancellation = default)
    {
        var pairs = CompleteLink.Pairs(bank, threshold, cancellation);
        var groups = CompleteLink.Groups((int)bank.shape[0], pairs);
        var nearest = new float[groups.Length];
        foreach (var (i, j, similarity) in pairs.Where(p => groups[p.First] == groups[p.Second]))
        {
            nearest[i] = Math.Max(nearest[i], similarity);
            nearest[j] = Math.Max(nearest[j], similarity);
        }
        return [.. Enumerable.Range(0, groups.Length).GroupBy(i => groups[i]).Where(g => g.Count() > 1)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key)
            .Select(g => new DuplicateGroup([.. g], [.. g.Select(i => nearest[i])]))];
    }

    /// <summary>The least cosine of near-duplicates, from the data: 1 − cos is a twentieth of its mean over pairs of images.</summary>
    /// <param name="bank">[N,D] fp32, rows of length 1; N is 2 or more.</param>
    /// <returns>0.95 to 1.</returns>
    public static double Threshold(Tensor bank) => NearDuplicates.Threshold(bank);

    /// <summary>Images by their distance to their neighbors.</summary>
    /// <param name="others">The k nearest others of each image, as <see cref="Neighbors.Others"/> finds them.</param>
    /// <returns>All images by their rows, the farthest first, each with its mean cosine distance, 1 − cos, to these: 0 to 2.</returns>
    public static IReadOnlyList<(int Index, double Distance)> Outliers(IReadOnlyList<Neighbor[]> others) =>
        [.. others.Select((nearest, i) => (Index: i, Distance: nearest.Average(n => 1.0 - n.Similarity))).OrderByDescending(o => o.Distance)];
}
