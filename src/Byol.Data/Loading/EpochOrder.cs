using Byol.Data.Views;

namespace Byol.Data.Loading;

/// <summary>The order in which an epoch visits the images: a seeded shuffle, a pure function of seed and epoch.</summary>
/// <param name="count">Images in the dataset.</param>
/// <param name="seed">Distinguishes runs.</param>
internal sealed class EpochOrder(int count, ulong seed)
{
    // Views use (index, epoch, view) with view 0 or 1: this third word keeps the order's stream apart from all of theirs.
    private const uint Stream = 0x6f726472;

    /// <summary>Every index once, shuffled (Fisher and Yates).</summary>
    /// <param name="epoch">The pass over the data, from 0.</param>
    public int[] Indices(int epoch)
    {
        var random = new Philox(seed, 0, (uint)epoch, Stream);
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = random.NextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
