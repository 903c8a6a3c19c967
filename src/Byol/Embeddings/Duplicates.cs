using Byol.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Embeddings;

/// <summary>Images that are nearly the same.</summary>
public sealed class DuplicateGroup
{
    internal DuplicateGroup(IReadOnlyList<int> members, IReadOnlyList<float> similarities) =>
        (Members, Similarities) = (members, similarities);

    /// <summary>Their rows, two or more, rising.</summary>
    public IReadOnlyList<int> Members { get; }

    /// <summary>The cosine of each with the member nearest to it.</summary>
    public IReadOnlyList<float> Similarities { get; }
}

/// <summary>An image far from all others.</summary>
public readonly struct Outlier
{
    internal Outlier(int index, double distance) =>
        (Index, Distance) = (index, distance);

    /// <summary>Its row.</summary>
    public int Index { get; }

    /// <summary>Mean cosine distance, 1 − cos, to its k nearest; 0 to 2.</summary>
    public double Distance { get; }
}

/// <summary>What looks twice the same in a set of embeddings, and what looks like nothing else.</summary>
public static class Duplicates
{
    private const long MostPairs = 1 << 22;   // looked at in one go: where all images are alike, all of them are listed

    /// <summary>Groups of images that are joined by pairs at least so similar:
    /// two members may be less so, with a third between them.</summary>
    /// <param name="bank">[N,D] fp32, rows of length 1.</param>
    /// <param name="threshold">The least cosine of a pair, −1 to 1.</param>
    /// <param name="cancellation">Ends the work between two blocks.</param>
    /// <returns>The largest group first.</returns>
    public static IReadOnlyList<DuplicateGroup> Groups(Tensor bank, double threshold, CancellationToken cancellation = default)
    {
        using Scalar least = threshold;
        var groups = new DisjointSets((int)bank.shape[0]);
        var nearest = new float[bank.shape[0]];
        Array.Fill(nearest, float.NegativeInfinity);
        BlockedCosine.ForEach(bank, bank, (start, similarity) =>
        {
            var rows = Math.Max(1, MostPairs / similarity.shape[1]);
            for (var first = 0L; first < similarity.shape[0]; first += rows)
            {
                using var part = NewDisposeScope();
                Join(similarity.narrow(0, first, Math.Min(rows, similarity.shape[0] - first)), (int)(start + first));
            }
        }, cancellation);
        return [.. Enumerable.Range(0, nearest.Length).GroupBy(groups.Find).Where(g => g.Count() > 1)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.First())
            .Select(g => new DuplicateGroup([.. g], [.. g.Select(i => nearest[i])]))];

        void Join(Tensor similarity, int firstRow)
        {
            using var close = similarity.ge(least);
            using var pairs = close.nonzero();                       // [P,2]
            using var values = similarity.masked_select(close);      // [P], in the same order
            if (values.numel() == 0) return;                         // not even with themselves: these rows are zeros
            var (ij, cosines) = (pairs.data<long>().ToArray(), values.data<float>().ToArray());
            for (var p = 0; p < cosines.Length; p++)
            {
                var (i, j) = (firstRow + (int)ij[2 * p], (int)ij[2 * p + 1]);
                if (i >= j) continue;                                // every pair is seen twice, and every image with itself
                groups.Join(i, j);
                nearest[i] = Math.Max(nearest[i], cosines[p]);
                nearest[j] = Math.Max(nearest[j], cosines[p]);
            }
        }
    }

    /// <summary>Images by their distance from all others.</summary>
    /// <param name="others">Of each image its k nearest others, as <see cref="Neighbors.Others"/> finds them.</param>
    /// <returns>All images, the farthest first.</returns>
    public static IReadOnlyList<Outlier> Outliers(IReadOnlyList<Neighbor[]> others) =>
        [.. others.Select((nearest, i) => new Outlier(i, nearest.Average(n => 1.0 - n.Similarity))).OrderByDescending(o => o.Distance)];
}
