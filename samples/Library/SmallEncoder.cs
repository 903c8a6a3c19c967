using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibrarySample;

/// <summary>What a recipe says of the encoder: nothing but that it is this one. Once <c>EncoderKinds.Register</c> has named it, runs can
/// train it.</summary>
internal sealed record SmallEncoderOptions : EncoderOptions
{
    public override long RepresentationSize => SmallEncoder.Size;

    public override void Validate()
    {
    }

    public override Module<Tensor, Tensor> Create(WeightSource weights) => new SmallEncoder();
}

/// <summary>Any module from images to vectors is an encoder: here four convolutions, each of stride 2.</summary>
internal sealed class SmallEncoder : Module<Tensor, Tensor>
{
    /// <summary>D, the size of a representation.</summary>
    public const long Size = 128;

    private readonly Module<Tensor, Tensor> _layers;

    public SmallEncoder() : base(nameof(SmallEncoder))
    {
        long[] channels = [3, 16, 32, 64, Size];
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        for (var i = 1; i < channels.Length; i++)
        {
            layers.Add(($"conv{i}", Conv2d(channels[i - 1], channels[i], kernel_size: 3, stride: 2, padding: 1)));
            var norm = GroupNorm(8, channels[i]);
            init.ones_(norm.weight);   // TorchSharp 0.107 leaves both as memory was
            init.zeros_(norm.bias);
            layers.Add(($"norm{i}", norm));
            layers.Add(($"relu{i}", ReLU()));
        }
        register_module("layers", _layers = Sequential([.. layers]));
    }

    /// <summary>[B,3,S,S] to [B,128].</summary>
    public override Tensor forward(Tensor x)
    {
        using var maps = _layers.forward(x);   // [B,128,S/16,S/16]
        return maps.mean([2, 3]);
    }
}
