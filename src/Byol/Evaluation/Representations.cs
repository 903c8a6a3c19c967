using System.Runtime.InteropServices;
using Byol.Data.Datasets;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>An encoder's representations as they are measured: in fp32, on the processor, and finite.</summary>
internal static class Representations
{
    /// <summary>Encodes some images.</summary>
    /// <param name="encoder">f.</param>
    /// <param name="views">[B,3,S,S].</param>
    /// <param name="dataset">Names the images.</param>
    /// <param name="indices">Which images they are.</param>
    /// <returns>[B,D]; the caller's dispose scope owns it.</returns>
    /// <exception cref="NonFiniteEmbeddingException">One is not finite; the message names the image.</exception>
    public static Tensor Of(Module<Tensor, Tensor> encoder, Tensor views, IDataset dataset, int[] indices)
    {
        try
        {
            using var y = encoder.forward(views);
            var features = y.to(ScalarType.Float32, CPU).contiguous();
            NonFiniteEmbeddingException.ThrowIfAny(MemoryMarshal.Cast<byte, float>(features.bytes), (int)features.shape[1]);
            return features;
        }
        catch (NonFiniteEmbeddingException e)
        {
            throw e.Of(dataset.ItemName(indices[e.Row]));
        }
    }
}
