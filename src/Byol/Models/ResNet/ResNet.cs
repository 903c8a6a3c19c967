using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models.ResNet;

/// <summary>A residual network (He et al. 2016) without its classifier, f in the paper: images to representations.</summary>
/// <remarks>
/// Stride on the 3x3 as in torchvision, whose parameter names these are, so that weights travel in both directions. Channels are
/// multiplied by <see cref="ResNetOptions.Width"/>. Intermediates are freed as the pass goes; autograd keeps what it needs.
/// </remarks>
internal sealed class ResNet : Module<Tensor, Tensor>, IFoldable
{
    private readonly Conv2d _conv1;
    private readonly BatchNorm _bn1;
    private readonly List<ResidualBlock> _blocks = [];

    /// <summary>Builds the network with freshly drawn weights.</summary>
    /// <param name="options">Depth, width and stem.</param>
    /// <param name="weights">Draws the weights.</param>
    /// <exception cref="ArgumentException">The options make no encoder.</exception>
    public ResNet(ResNetOptions options, WeightSource weights) : this(ResNetPlan.Of(options), weights)
    {
    }

    /// <summary>Builds the network of a plan with freshly drawn weights.</summary>
    internal ResNet(ResNetPlan plan, WeightSource weights) : base(nameof(ResNet))
    {
        Plan = plan;
        register_module("conv1", _conv1 = plan.Stem.Build(weights));
        register_module("bn1", _bn1 = new BatchNorm(plan.Stem.Out, weights));
        foreach (var (i, stage) in plan.Stages.Index())
        {
            var blocks = stage.Select(b => new ResidualBlock(b, weights)).ToList();
            register_module($"layer{i + 1}", new Stage(blocks));
            _blocks.AddRange(blocks);
        }
    }

    /// <summary>What this network was built from.</summary>
    internal ResNetPlan Plan { get; }

    /// <summary>Images to representations.</summary>
    /// <param name="x">[B,3,S,S] in fp32 or bf16: what the pass computes in.</param>
    /// <returns>y, [B,D], in the input's type.</returns>
    public override Tensor forward(Tensor x)
    {
        var h = Enter(x);                       // [B,64w,s,s]
        foreach (var block in _blocks)
        {
            using var input = h;
            h = block.forward(input);
        }
        using var last = h;                     // [B,D,s/8,s/8]
        return Plan.Pooling.Apply(last);        // [B,D]
    }

    /// <summary>The stem: what enters the first stage.</summary>
    internal Tensor Enter(Tensor x)
    {
        using var convolved = _conv1.forward(x);
        var h = _bn1.Apply(convolved, residual: null, rectify: true);
        if (!Plan.Pools) return h;
        using var unpooled = h;
        return functional.max_pool2d(unpooled, kernel_size: 3, stride: 2, padding: 1);
    }

    /// <inheritdoc/>
    IInferenceNetwork IFoldable.Fold(ScalarType type) => new FoldedResNet(this, type);

    // A stage exists for its name alone: layer1.0.conv1 and so on, as torchvision's.
    private sealed class Stage : Module
    {
        public Stage(IReadOnlyList<Module> blocks) : base(nameof(Stage))
        {
            for (var i = 0; i < blocks.Count; i++) register_module($"{i}", blocks[i]);
        }
    }
}
