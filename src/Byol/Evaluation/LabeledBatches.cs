namespace Byol.Evaluation;

/// <summary>An epoch's images in batches that differ by at most one:
/// none is left out, and no last batch is too small for BatchNorm.</summary>
internal static class LabeledBatches
{
    /// <summary>Batches of an epoch.</summary>
    public static int Count(int images, int batchSize) => (images + batchSize - 1) / batchSize;

    /// <summary>The images of one batch.</summary>
    public static int[] Of(int[] order, int batch, int batches) =>
        order[(int)((long)order.Length * batch / batches)..(int)((long)order.Length * (batch + 1) / batches)];
}
