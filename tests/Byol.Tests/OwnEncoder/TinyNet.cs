using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Tests.OwnEncoder;

/// <summary>How <see cref="TinyNet"/> cuts off below 0.</summary>
public enum Cutoff
{
    Relu,
    Silu,
}

/// <summary>A family of encoders of one's own: some convolutions of stride 2. All that the library is told of it stands here.</summary>
internal sealed record TinyNetOptions : EncoderOptions
{
    public const string Kind = "tiny-net";

    public int Channels { get; init; } = 8;

    public int Layers { get; init; } = 2;

    public Cutoff Cutoff { get; init; }

    public override long RepresentationSize => (long)Channels << (Layers - 1);

    public override bool SupportsBFloat16 => true;

    public override void Validate()
    {
        if (Channels is < 1 or > 64 || Layers is < 1 or > 4)
            throw new ArgumentException($"{Channels} channels and {Layers} layers: use 1 to 64 and 1 to 4.");
    }

    public override Module<Tensor, Tensor> Create(WeightSource weights) => new TinyNet(this, weights);
}

internal sealed class TinyNet : Module<Tensor, Tensor>
{
    private readonly List<(Conv2d Convolution, BatchNorm Norm)> _layers = [];
    private readonly bool _isSmooth;

    public TinyNet(TinyNetOptions options, WeightSource weights) : base(nameof(TinyNet))
    {
        options.Validate();
        _isSmooth = options.Cutoff == Cutoff.Silu;
        var enters = 3L;
        for (var i = 0; i < options.Layers; i++)
        {
            var leaves = (long)options.Channels << i;
            var layer = (new Conv2d(enters, leaves, kernel: 3, stride: 2, weights), new BatchNorm(leaves, weights));
            register_module($"conv{i}", layer.Item1);
            register_module($"norm{i}", layer.Item2);
            _layers.Add(layer);
            enters = leaves;
        }
    }

    public override Tensor forward(Tensor x)
    {
        var h = x.alias();
        foreach (var (convolution, norm) in _layers)
        {
            using var input = h;
            using var convolved = convolution.forward(input);
            using var normalized = norm.forward(convolved);
            h = _isSmooth ? functional.silu(normalized) : normalized.relu();
        }
        using var last = h;
        return last.mean([2, 3]);
    }
}
