using System.Globalization;
using Byol.Models.Numerics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models.ResNet;

/// <summary>How an image enters the first stage of a <see cref="ResNet"/>.</summary>
public enum Stem
{
    /// <summary>7x7 convolution of stride 2, then max-pool of stride 2: the ImageNet stem. A 224-px image enters stage 1 at 56.</summary>
    ImageNet,

    /// <summary>3x3 convolution of stride 1, no pooling: the CIFAR stem. A 32-px image enters stage 1 at 32.</summary>
    Small,

    /// <summary>3x3 convolution of stride 2, no pooling: a quarter of the work of <see cref="Small"/>.
    /// A 32-px image enters stage 1 at 16.</summary>
    SmallStride2,
}

/// <summary>A residual network by depth, width and stem. Defaults are the paper's (BYOL, section 3.2: ResNet-50 1x).</summary>
public sealed record ResNetOptions : EncoderOptions
{
    private const double Narrowest = 1.0 / 8;     // of the widths that a budget of time chooses from
    private const int Stages = 4, MostBlocks = 100;

    private static readonly int[] SweptDepths = [18, 50];      // the others have more layers, but none of another shape
    private static readonly double[] SweptWidths = [0.25, 0.5, 1, 2, 4];

    /// <summary>18, 34, 50, 101, 152 or 200.</summary>
    public int Depth { get; init; } = 50;

    /// <summary>Blocks in each of the four stages, for networks that were not published: ML.NET's has 2, 2, 2 and 3. Empty for those of
    /// <see cref="Depth"/>. If set, the depth only chooses the kind of block: bottlenecks from 50 on.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [];

    /// <summary>Multiplies the channels of every layer; the paper has 1 to 4, small machines ½ and ¼.
    /// 64 × width must be a whole number.</summary>
    public double Width { get; init; } = 1;

    /// <summary>The stem.</summary>
    public Stem Stem { get; init; } = Stem.ImageNet;

    /// <summary>How the last feature map becomes a representation.</summary>
    public SpatialPooling Pooling { get; init; }

    /// <summary>D, the size of a representation: 512 × width, or 2048 × width from depth 50 on; twice that if mean and maximum are
    /// pooled.</summary>
    public override long RepresentationSize => (long)((HasBottlenecks ? 2048 : 512) * Width) * Pooling.PerChannel();

    /// <inheritdoc/>
    public override string Title => string.Create(CultureInfo.InvariantCulture,
        $"ResNet-{Depth} of width {Width}{(Blocks.Count == 0 ? "" : $" with {string.Join(", ", Blocks)} blocks")}");

    /// <summary>Whether a block is three convolutions, the middle one narrow.</summary>
    internal bool HasBottlenecks => Depth >= ResNetPlan.LeastBottleneckDepth;

    /// <summary>Blocks in each stage: the given ones, or those of the depth.</summary>
    internal IReadOnlyList<int> BlocksInUse => Blocks.Count > 0 ? Blocks : ResNetPlan.BlocksByDepth[Depth];

    /// <inheritdoc/>
    public override bool SupportsBFloat16 => true;

    /// <summary>Widths from an eighth on, each twice the one before, up to the published width or this one, whichever is larger.</summary>
    public override IReadOnlyList<EncoderOptions> Sizes
    {
        get
        {
            var sizes = new List<EncoderOptions>();
            for (var width = Narrowest; width <= Math.Max(1, Width); width *= 2) sizes.Add(this with { Width = width });
            return sizes;
        }
    }

    /// <inheritdoc/>
    internal override long ParameterCount => ResNetShapes.Parameters(ResNetPlan.Of(this));

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!ResNetPlan.BlocksByDepth.ContainsKey(Depth))
        {
            throw new ArgumentException(
                $"Encoder depth {Depth} is not known; use one of {string.Join(", ", ResNetPlan.BlocksByDepth.Keys)}.");
        }
        if (Width is not (>= 1.0 / 16 and <= 8) || Width * 64 != Math.Floor(Width * 64))
        {
            throw new ArgumentException(
                $"Encoder width {Width} must lie between 1/16 and 8, and 64 × width must be a whole number of channels; "
                    + "use for instance 0.25, 0.5, 1 or 2.");
        }
        if (Blocks.Count == 0) return;
        if (Blocks.Count != Stages || Blocks.Any(b => b is < 1 or > MostBlocks))
        {
            throw new ArgumentException(
                $"Encoder blocks {string.Join(", ", Blocks)} must be {Stages} numbers from 1 to {MostBlocks}; use for instance 2, 2, 2, 3, "
                + "or none for those of the depth.");
        }
        if (ResNetPlan.DepthOf(Blocks, HasBottlenecks) is { } published)
            throw new ArgumentException($"Encoder blocks {string.Join(", ", Blocks)} are those of depth {published}; set that alone.");
    }

    /// <summary>The options of a network with these blocks: those of its depth if one was published, otherwise the nearest depth and the
    /// blocks.</summary>
    internal static ResNetOptions WithBlocks(IReadOnlyList<int> blocks, bool areBottlenecks, double width, Stem stem)
    {
        var options = new ResNetOptions { Width = width, Stem = stem };
        if (ResNetPlan.DepthOf(blocks, areBottlenecks) is { } published) return options with { Depth = published };
        var nearest = ResNetPlan.BlocksByDepth.Where(b => b.Key >= ResNetPlan.LeastBottleneckDepth == areBottlenecks)
            .MinBy(b => Math.Abs(b.Value.Sum() - blocks.Sum())).Key;
        return options with { Depth = nearest, Blocks = blocks };
    }

    /// <summary>Whether they are the same network; lists of blocks are compared by their elements.</summary>
    /// <param name="other">The other options.</param>
    public bool Equals(ResNetOptions? other) => other is not null && Depth == other.Depth && Width == other.Width && Stem == other.Stem
        && Pooling == other.Pooling && Blocks.SequenceEqual(other.Blocks);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Depth, Width, Stem, Pooling, Blocks.Count);

    /// <inheritdoc/>
    internal override EncoderOptions Weighted => this with { Pooling = SpatialPooling.Mean };

    /// <inheritdoc/>
    public override Module<Tensor, Tensor> Create(WeightSource weights) => new ResNet(this, weights);

    /// <inheritdoc/>
    internal override EncoderCost? Cost(int imageSize) => ResNetPlan.Of(this).Cost(imageSize);

    /// <inheritdoc/>
    internal override IEnumerable<ILayerShape> LayerShapes(long imageSize, long batch, ScalarType type, bool withGradients) =>
        ResNetLayers.Of(ResNetPlan.Of(this), imageSize, batch, type, withGradients);

    /// <inheritdoc/>
    internal override IEnumerable<EncoderOptions> Swept =>
        from depth in SweptDepths
        from width in SweptWidths
        from stem in Enum.GetValues<Stem>()
        select new ResNetOptions { Depth = depth, Width = width, Stem = stem };

    /// <inheritdoc/>
    internal override IReadOnlyList<(string Name, long[] Shape)> State => [.. ResNetShapes.Of(ResNetPlan.Of(this))];

    /// <summary>The title, the stem, and the pooling if it is not the mean.</summary>
    public override string ToString() => $"{Title} with stem {Stem}{(Pooling == SpatialPooling.Mean ? "" : ", mean and maximum pooled")}";
}
