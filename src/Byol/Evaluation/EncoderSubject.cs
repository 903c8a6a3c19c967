using Byol.Data.Views;
using Byol.Encoders;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>An encoder to be scored. A protocol takes of it what it needs: the frozen encoder, or weights to train.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Architecture">Which encoder it is.</param>
/// <param name="Views">Size, center crop and normalization of its input; the crops that it is trained on.</param>
/// <param name="Precision">What is computed in, where that can be chosen.</param>
/// <param name="Device">Where it is computed.</param>
/// <param name="Open">Opens it to be used as it is; whoever opens it disposes it.</param>
/// <param name="Weights">Makes a network of its own, for a seed, whose weights may be changed; whoever asks for it disposes it.</param>
public sealed record EncoderSubject(
    string Name, EncoderOptions Architecture, ViewOptions Views, Precision Precision, Device Device, Func<IImageEncoder> Open,
    Func<ulong, Module<Tensor, Tensor>> Weights)
{
    /// <summary>What tables call an encoder with untrained weights.</summary>
    public const string Random = "random encoder";

    /// <summary>Untrained weights of the same architecture.</summary>
    /// <param name="seed">Draws them if they are used as they are; a protocol that trains them draws its own.</param>
    public EncoderSubject Untrained(ulong seed) => this with
    {
        Name = Random,
        Open = () => new ModuleEncoder(
            Random, Draw(seed), new EncoderDescription(Architecture, Preprocessing.Of(Views)), Precision, Device),
        Weights = Draw,
    };

    private Module<Tensor, Tensor> Draw(ulong seed)
    {
        using var weights = new WeightSource(seed, Device);
        return Architecture.Create(weights);
    }
}
