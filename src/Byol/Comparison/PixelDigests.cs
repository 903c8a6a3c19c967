using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Comparison;

/// <summary>Digests of a dataset's images as they look at 32 x 32: they tell which images two datasets share, and all of them together
/// whether a dataset is still the same.</summary>
internal static class PixelDigests
{
    private const int Side = 32, Decoded = 2 * Side;

    /// <summary>One for each image; 0 if it cannot be read.</summary>
    public static UInt128[] Of(IDataset data, CancellationToken cancellation)
    {
        var digests = new UInt128[data.Count];
        using var buffers = new ThreadLocal<ImageBuffer>(
            () => new ImageBuffer((width, height) => ImageBuffer.MostReduction(Math.Min(width, height), Decoded)));
        Parallel.For(0, data.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            try
            {
                digests[i] = XxHash128.HashToUInt128(Shrink.Resize(data.Read(i, buffers.Value!), Side, Side).Pixels.Span);
            }
            catch (InvalidDataException)
            {
                // Pretraining replaces it and says so; what is classified is refused when it is encoded.
            }
        });
        return digests;
    }

    /// <summary>A digest of names, labels, pixels and order.</summary>
    public static string Together(IDataset data, UInt128[] pixels)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < data.Count; i++)
        {
            var label = data.Classes.Count > 0 ? data.Label(i) : null;
            hash.AppendData(Encoding.UTF8.GetBytes($"{data.ItemName(i)}\0{label}\0{pixels[i]:x}\n"));
        }
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\0', data.Classes)));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
