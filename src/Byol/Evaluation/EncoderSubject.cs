using Byol.Data.Views;
using Byol.Encoders;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Evaluation;

/// <summary>An encoder to evaluate. A protocol uses either the frozen encoder or weights to train.</summary>
/// <param name="name">The name in tables.</param>
/// <param name="architecture">The architecture.</param>
/// <param name="views">Size, center crop and normalization of its input; the crops that it is trained on.</param>
/// <param name="precision">The type to compute in, if it can be chosen.</param>
/// <param name="device">The device to compute on.</param>
/// <param name="open">Opens the frozen encoder; the caller disposes it.</param>
/// <param name="weights">Makes a copy of the network, for a seed, whose weights may be changed; the caller disposes it.</param>
public sealed class EncoderSubject(
    string name, EncoderOptions architecture, ViewOptions views, Precision precision, Device device, Func<IImageEncoder> open,
    Func<ulong, Module<Tensor, Tensor>> weights)
{
    /// <summary>The name in tables.</summary>
    internal string Name { get; } = name;

    /// <summary>The architecture.</summary>
    internal EncoderOptions Architecture { get; } = architecture;

    /// <summary>Size, center crop and normalization of its input; the crops that it is trained on.</summary>
    internal ViewOptions Views { get; } = views;

    /// <summary>The type to compute in, if it can be chosen.</summary>
    internal Precision Precision { get; } = precision;

    /// <summary>The device to compute on.</summary>
    internal Device Device { get; } = device;

    /// <summary>Opens the frozen encoder; the caller disposes it.</summary>
    public Func<IImageEncoder> Open { get; } = open;

    /// <summary>Makes a copy of the network, for a seed, whose weights may be changed; the caller disposes it.</summary>
    internal Func<ulong, Module<Tensor, Tensor>> Weights { get; } = weights;

    private (int Count, TilePooling Pooling)? Tiled { get; init; }

    /// <summary>The same encoder on tiles of each image; its untrained baseline uses tiles too. For protocols on frozen features.</summary>
    /// <inheritdoc cref="Tiles.InTiles"/>
    public EncoderSubject InTiles(int count, TilePooling pooling) =>
        new(Name, Architecture, Views, Precision, Device, () => Open().InTiles(count, pooling), Weights) { Tiled = (count, pooling) };

    /// <summary>The name in tables of an encoder with untrained weights.</summary>
    public const string Random = "random encoder";

    /// <summary>Untrained weights of the same architecture.</summary>
    /// <param name="seed">Seeds them if they are used without training; a protocol that trains them draws its own.</param>
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
