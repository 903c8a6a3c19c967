using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibrarySample;

/// <summary>The options of the encoder in a recipe; it has none. Once <c>EncoderKinds.Register</c> has named it, runs can train
/// it.</summary>
internal sealed record SmallEncoderOptions : EncoderOptions
{
    public override long RepresentationSize => SmallEncoder.Size;

    public override void Validate()
    {
    }

    public override Module<Tensor, Tensor> Create(WeightSource weights) => new SmallEncoder(weights);
}

/// <summary>Any module from images to vectors is an encoder: here four convolutions, each of stride 2. Its weights are drawn from the source
/// that it is given, so equal seeds give equal encoders.</summary>
internal sealed class SmallEncoder : Module<Tensor, Tensor>
{
    /// <summary>D, the size of a representation.</summary>
    public const long Size = 128;

    private readonly Module<Tensor, Tensor> _layers;

    public SmallEncoder(WeightSource weights) : base(nameof(SmallEncoder))
    {
        long[] channels = [3, 16, 32, 64, Size];
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        for (var i = 1; i < channels.Length; i++)
        {
            layers.Add(($"conv{i}", new Conv2d(channels[i - 1], channels[i], kernel: 3, stride: 2, weights)));
            layers.Add(($"norm{i}", new BatchNorm(channels[i], weights)));
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
