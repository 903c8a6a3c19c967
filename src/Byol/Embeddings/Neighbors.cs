using Byol.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Embeddings;

/// <summary>One of the nearest images.</summary>
public readonly struct Neighbor
{
    internal Neighbor(int index, float similarity) =>
        (Index, Similarity) = (index, Math.Clamp(similarity, -1, 1));     // rounding leaves 1.0000001

    /// <summary>Its row.</summary>
    public int Index { get; }

    /// <summary>Cosine of the angle between the two embeddings, −1 to 1.</summary>
    public float Similarity { get; }
}

/// <summary>Exact search: every query is compared with every embedding, by blocked matrix products.</summary>
public static class Neighbors
{
    /// <summary>The most similar embeddings of each query, nearest first.</summary>
    /// <param name="queries">[M,D] fp32, rows of length 1.</param>
    /// <param name="bank">[N,D] fp32, rows of length 1.</param>
    /// <param name="count">k, 1 or more; at most N are found.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    /// <returns>M lists.</returns>
    public static IReadOnlyList<Neighbor[]> Find(Tensor queries, Tensor bank, int count, CancellationToken cancellation = default) =>
        Find(queries, bank, count, leaveOneOut: false, cancellation);

    /// <summary>The images most similar to one, nearest first.</summary>
    /// <param name="embedding">D values, not all of them 0.</param>
    /// <param name="set">Embeddings of length 1 (<see cref="EmbeddingSet.Normalize"/>).</param>
    /// <param name="count">k, 1 or more; at most N are found.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    public static IReadOnlyList<Neighbor> Of(float[] embedding, EmbeddingSet set, int count, CancellationToken cancellation = default)
    {
        using var one = new EmbeddingSet(tensor(embedding).reshape(1, embedding.Length), [new EmbeddedImage("query", null)]);
        return Find(one.Normalize().Values, set.Values, count, cancellation)[0];
    }

    /// <summary>The most similar others of each embedding, nearest first.</summary>
    /// <param name="bank">[N,D] fp32, rows of length 1; N is 2 or more.</param>
    /// <param name="count">k, 1 or more; at most N − 1 are found.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    /// <returns>N lists.</returns>
    public static IReadOnlyList<Neighbor[]> Others(Tensor bank, int count, CancellationToken cancellation = default) =>
        Find(bank, bank, count, leaveOneOut: true, cancellation);

    private static List<Neighbor[]> Find(Tensor queries, Tensor bank, int count, bool leaveOneOut, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var k = (int)Math.Min(count, bank.shape[0] - (leaveOneOut ? 1 : 0));
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1, nameof(bank));
        using Scalar lowest = float.NegativeInfinity;
        var found = new List<Neighbor[]>((int)queries.shape[0]);
        BlockedCosine.ForEach(queries, bank, (start, similarity) =>
        {
            if (leaveOneOut) similarity.narrow(1, start, similarity.shape[0]).diagonal().fill_(lowest);
            var (values, indices) = TopK.Find(similarity, k);        // [B,k]
            var (s, i) = (values.data<float>().ToArray(), indices.data<long>().ToArray());
            for (var row = 0; row < s.Length; row += k)
                found.Add([.. Enumerable.Range(row, k).Select(at => new Neighbor((int)i[at], s[at]))]);
        }, cancellation);
        return found;
    }
}
