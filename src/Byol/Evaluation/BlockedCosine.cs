using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Cosine similarities of many vectors with many others, a block at a time: memory is bounded for any number of vectors.</summary>
internal static class BlockedCosine
{
    private const long BlockElements = 1 << 25;   // similarities at once: 128 MB

    /// <summary>Queries that are compared with the bank at once.</summary>
    public static long BlockSize(long bankSize) => Math.Clamp(BlockElements / bankSize, 1, 1024);

    /// <summary>Gives the similarities of some queries with the whole bank, then of the next.</summary>
    /// <param name="queries">[M,D], rows of length 1.</param>
    /// <param name="bank">[N,D], rows of length 1.</param>
    /// <param name="visit">Takes the first query's place and the similarities, [B,N], which are gone after the call;
    /// it may write to them.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    public static void ForEach(Tensor queries, Tensor bank, Action<long, Tensor> visit, CancellationToken cancellation = default)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var columns = bank.t();                                                   // [D,N]
        var rows = Math.Min(BlockSize(bank.shape[0]), queries.shape[0]);
        // One for all blocks: fresh pages cost a fifth of a product
        var similarities = empty([rows, bank.shape[0]], device: bank.device);
        for (var start = 0L; start < queries.shape[0]; start += rows)
        {
            cancellation.ThrowIfCancellationRequested();
            using var block = NewDisposeScope();
            var count = Math.Min(rows, queries.shape[0] - start);
            visit(start, similarities.narrow(0, 0, count).addmm_(queries.narrow(0, start, count), columns, beta: 0, alpha: 1));   // [B,N]
        }
    }
}
