using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Two embeddings that are close.</summary>
/// <param name="First">The lower row.</param>
/// <param name="Second">The other.</param>
/// <param name="Similarity">Their cosine.</param>
internal readonly record struct ClosePair(int First, int Second, float Similarity);

/// <summary>Groups in which every two members are close: complete-link clustering (Sørensen 1948), cut at a similarity. Single link joins
/// everything that a chain connects, however far apart its ends are.</summary>
internal static class CompleteLink
{
    /// <summary>Pairs that are kept at most: 200 MB. More are found where nearly all images are alike.</summary>
    private const int MostPairs = 1 << 24;
    private const long InOneGo = 1 << 22;   // similarities looked at: where all images are alike, all of them are listed

    /// <summary>Compares all with all.</summary>
    /// <param name="bank">[N,D] fp32, rows of length 1, or of 0: these are close to none.</param>
    /// <param name="threshold">The least cosine of a close pair.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    /// <exception cref="InvalidDataException">There are more pairs than fit into memory.</exception>
    public static IReadOnlyList<ClosePair> Pairs(Tensor bank, double threshold, CancellationToken cancellation = default)
    {
        using Scalar least = threshold;
        var found = new List<ClosePair>();
        BlockedCosine.ForEach(bank, bank, (start, similarity) =>
        {
            var rows = Math.Max(1, InOneGo / similarity.shape[1]);
            for (var first = 0L; first < similarity.shape[0]; first += rows)
            {
                using var part = NewDisposeScope();
                Add(similarity.narrow(0, first, Math.Min(rows, similarity.shape[0] - first)), (int)(start + first));
            }
        }, cancellation);
        return found;

        void Add(Tensor similarity, int firstRow)
        {
            using var close = similarity.ge(least);
            using var pairs = close.nonzero();                       // [P,2]
            using var values = similarity.masked_select(close);      // [P], in the same order
            if (values.numel() == 0) return;                         // not even with themselves: these rows are zeros
            var (ij, cosines) = (pairs.data<long>().ToArray(), values.data<float>().ToArray());
            for (var p = 0; p < cosines.Length; p++)
            {
                var (i, j) = (firstRow + (int)ij[2 * p], (int)ij[2 * p + 1]);
                if (i < j) found.Add(new ClosePair(i, j, cosines[p]));      // every pair is seen twice, and every image with itself
            }
            if (found.Count > MostPairs)
            {
                throw new InvalidDataException(
                    $"More than {MostPairs:N0} pairs of the {bank.shape[0]:N0} images have a cosine of {threshold:0.#####} or more: "
                    + "nearly all of them look alike; use a higher threshold or fewer images.");
            }
        }
    }

    /// <summary>Joins groups from the closest pair on: two of them as soon as the last of the pairs between them is close too.</summary>
    /// <param name="count">N.</param>
    /// <param name="pairs">All pairs that are close.</param>
    /// <returns>The group of each, as the lowest row in it.</returns>
    public static int[] Groups(int count, IReadOnlyList<ClosePair> pairs)
    {
        var sets = new DisjointSets(count);
        var seen = new Dictionary<int, Dictionary<int, long>>();      // between two groups: how many of their pairs came up so far
        foreach (var pair in pairs.OrderByDescending(p => p.Similarity).ThenBy(p => p.First).ThenBy(p => p.Second))
        {
            var (a, b) = (sets.Find(pair.First), sets.Find(pair.Second));
            if (Count(a, b, 1) < (long)sets.Size(a) * sets.Size(b)) continue;
            var joined = sets.Join(a, b);
            Merge(joined, joined == a ? b : a);
        }
        var lowest = Enumerable.Range(0, count).GroupBy(sets.Find).ToDictionary(g => g.Key, g => g.First());
        return [.. Enumerable.Range(0, count).Select(i => lowest[sets.Find(i)])];

        long Count(int a, int b, long more) => Of(b)[a] = Of(a)[b] = Of(a).GetValueOrDefault(b) + more;

        Dictionary<int, long> Of(int group) => seen.TryGetValue(group, out var counts) ? counts : seen[group] = [];

        void Merge(int group, int absorbed)
        {
            Of(group).Remove(absorbed);
            if (!seen.Remove(absorbed, out var counts)) return;
            foreach (var (other, number) in counts)
            {
                if (other == group) continue;
                Of(other).Remove(absorbed);
                Count(group, other, number);
            }
        }
    }
}
