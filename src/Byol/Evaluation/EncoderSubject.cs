using Byol.Data.Views;
using Byol.Encoders;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>An encoder to be scored. A protocol takes of it what it needs: the frozen encoder, or weights to train.</summary>
/// <param name="name">What tables call it.</param>
/// <param name="architecture">Which encoder it is.</param>
/// <param name="views">Size, center crop and normalization of its input; the crops that it is trained on.</param>
/// <param name="precision">What is computed in, where that can be chosen.</param>
/// <param name="device">Where it is computed.</param>
/// <param name="open">Opens it to be used as it is; whoever opens it disposes it.</param>
/// <param name="weights">Makes a network of its own, for a seed, whose weights may be changed; whoever asks for it disposes it.</param>
public sealed class EncoderSubject(
    string name, EncoderOptions architecture, ViewOptions views, Precision precision, Device device, Func<IImageEncoder> open,
    Func<ulong, Module<Tensor, Tensor>> weights)
{
    /// <summary>What tables call it.</summary>
    internal string Name { get; } = name;

    /// <summary>Which encoder it is.</summary>
    internal EncoderOptions Architecture { get; } = architecture;

    /// <summary>Size, center crop and normalization of its input; the crops that it is trained on.</summary>
    internal ViewOptions Views { get; } = views;

    /// <summary>What is computed in, where that can be chosen.</summary>
    internal Precision Precision { get; } = precision;

    /// <summary>Where it is computed.</summary>
    internal Device Device { get; } = device;

    /// <summary>Opens it to be used as it is; whoever opens it disposes it.</summary>
    public Func<IImageEncoder> Open { get; } = open;

    /// <summary>Makes a network of its own, for a seed, whose weights may be changed; whoever asks for it disposes it.</summary>
    internal Func<ulong, Module<Tensor, Tensor>> Weights { get; } = weights;

    private (int Count, TilePooling Pooling)? Tiled { get; init; }

    /// <summary>The same encoder on tiles of each image, and so the untrained one beside it; for protocols on frozen features.</summary>
    /// <inheritdoc cref="Tiles.InTiles"/>
    public EncoderSubject InTiles(int count, TilePooling pooling) =>
        new(Name, Architecture, Views, Precision, Device, () => Open().InTiles(count, pooling), Weights) { Tiled = (count, pooling) };

    /// <summary>What tables call an encoder with untrained weights.</summary>
    public const string Random = "random encoder";

    /// <summary>Untrained weights of the same architecture.</summary>
    /// <param name="seed">Draws them if they are used as they are; a protocol that trains them draws its own.</param>
    public EncoderSubject Untrained(ulong seed)
    {
        var untrained = new EncoderSubject(Random, Architecture, Views, Precision, Device, () => new ModuleEncoder(
            Random, Draw(seed), new EncoderDescription(Architecture, Preprocessing.Of(Views)), Precision, Device), Draw);
        return Tiled is { } tiled ? untrained.InTiles(tiled.Count, tiled.Pooling) : untrained;
    }

    private Module<Tensor, Tensor> Draw(ulong seed)
    {
        using var weights = new WeightSource(seed, Device);
        return Architecture.Create(weights);
    }
}
