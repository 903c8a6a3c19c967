namespace Byol.Models.ResNet;

/// <summary>A convolution of a residual network and the BatchNorm after it.</summary>
/// <param name="Name">The convolution's name in the state, torchvision's.</param>
/// <param name="Norm">The BatchNorm's.</param>
/// <param name="In">Channels that enter.</param>
/// <param name="Out">Channels that leave.</param>
/// <param name="Kernel">The odd kernel side; the padding keeps the size at stride 1.</param>
/// <param name="Stride">1 or 2.</param>
internal sealed record PlannedConvolution(string Name, string Norm, long In, long Out, int Kernel, int Stride)
{
    /// <summary>The side that leaves: at stride 2 an odd last row counts.</summary>
    public long After(long side) => (side + Stride - 1) / Stride;

    /// <summary>Builds the convolution.</summary>
    public Conv2d Build(WeightSource weights) => new(In, Out, Kernel, Stride, weights);
}

/// <summary>A residual block: a branch of convolutions with ReLU between them, a shortcut around it, ReLU after the sum.</summary>
/// <param name="Branch">Two 3x3 convolutions, or 1x1, 3x3 and 1x1.</param>
/// <param name="Shortcut">The projection of a shortcut that changes size, or null.</param>
internal sealed record PlannedBlock(IReadOnlyList<PlannedConvolution> Branch, PlannedConvolution? Shortcut)
{
    /// <summary>The branch, then the projection: the order of the state.</summary>
    public IEnumerable<PlannedConvolution> Convolutions => Shortcut is null ? Branch : Branch.Append(Shortcut);
}

/// <summary>A residual network (He et al. 2016) as a list of convolutions: network, state, cost and exports are derived from it.</summary>
/// <param name="Stem">The first convolution.</param>
/// <param name="Pools">Whether a max-pool of 3x3 and stride 2 follows it.</param>
/// <param name="Stages">The blocks of each stage.</param>
internal sealed record ResNetPlan(PlannedConvolution Stem, bool Pools, IReadOnlyList<IReadOnlyList<PlannedBlock>> Stages)
{
    /// <summary>From this depth on the published networks have bottlenecks.</summary>
    public const int LeastBottleneckDepth = 50;

    private const int Expansion = 4;     // of a bottleneck: what leaves it over its width

    /// <summary>Blocks in each of the four stages of the published networks, by depth.</summary>
    public static IReadOnlyDictionary<int, int[]> BlocksByDepth { get; } = new SortedDictionary<int, int[]>
    {
        [18] = [2, 2, 2, 2],
        [34] = [3, 4, 6, 3],
        [50] = [3, 4, 6, 3],
        [101] = [3, 4, 23, 3],
        [152] = [3, 8, 36, 3],
        [200] = [3, 24, 36, 3],
    };

    /// <summary>How the last feature map becomes a representation.</summary>
    public SpatialPooling Pooling { get; init; }

    /// <summary>D, the size of a representation.</summary>
    public long RepresentationSize => Blocks.Last().Branch[^1].Out * Pooling.PerChannel();

    /// <summary>All blocks in their order.</summary>
    public IEnumerable<PlannedBlock> Blocks => Stages.SelectMany(s => s);

    /// <summary>All convolutions in the order of the state.</summary>
    public IEnumerable<PlannedConvolution> Convolutions => Blocks.SelectMany(b => b.Convolutions).Prepend(Stem);

    /// <summary>Lists the network that the options make.</summary>
    /// <exception cref="ArgumentException">They make none.</exception>
    public static ResNetPlan Of(ResNetOptions options)
    {
        options.Validate();
        return Of(options.Stem, options.Width, options.BlocksInUse, options.HasBottlenecks) with { Pooling = options.Pooling };
    }

    /// <summary>The depth under which a network with these blocks was published; null if none was.</summary>
    public static int? DepthOf(IReadOnlyList<int> blocks, bool areBottlenecks) =>
        BlocksByDepth.Where(b => b.Key >= LeastBottleneckDepth == areBottlenecks && b.Value.SequenceEqual(blocks))
            .Select(b => (int?)b.Key).FirstOrDefault();

    /// <summary>Lists a network of any number of stages and blocks.</summary>
    /// <param name="entry">How the image enters.</param>
    /// <param name="width">Multiplies the channels, 64 in the first stage and twice as many in each further one.</param>
    /// <param name="blocks">Blocks of each stage, at least 1.</param>
    /// <param name="areBottlenecks">Whether the blocks are bottlenecks.</param>
    public static ResNetPlan Of(Stem entry, double width, IReadOnlyList<int> blocks, bool areBottlenecks)
    {
        var inner = (long)(64 * width);
        var (kernel, stride) = entry switch
        {
            Models.ResNet.Stem.ImageNet => (7, 2),
            Models.ResNet.Stem.SmallStride2 => (3, 2),
            _ => (3, 1),
        };
        var stem = new PlannedConvolution("conv1", "bn1", 3, inner, kernel, stride);
        var channels = inner;
        var stages = new List<IReadOnlyList<PlannedBlock>>();
        foreach (var count in blocks)
        {
            var stage = new List<PlannedBlock>();
            for (var i = 0; i < count; i++)
            {
                var block = Block($"layer{stages.Count + 1}.{i}", channels, inner, i == 0 && stages.Count > 0 ? 2 : 1, areBottlenecks);
                channels = block.Branch[^1].Out;
                stage.Add(block);
            }
            stages.Add(stage);
            inner *= 2;
        }
        return new ResNetPlan(stem, entry == Models.ResNet.Stem.ImageNet, stages);
    }

    /// <summary>Counts the network's work.</summary>
    /// <param name="imageSize">S, in pixels.</param>
    public EncoderCost Cost(int imageSize)
    {
        var costs = At(imageSize).Select(c => Multiplications(c.Convolution, c.Side)).ToList();
        return new EncoderCost(costs[0], costs.Skip(1).Sum());
    }

    /// <summary>Each convolution with the side of what enters it.</summary>
    /// <param name="imageSize">S, in pixels.</param>
    public IEnumerable<(PlannedConvolution Convolution, long Side)> At(long imageSize)
    {
        yield return (Stem, imageSize);
        var entered = Stem.After(imageSize);
        if (Pools) entered = (entered + 1) / 2;
        foreach (var block in Blocks)
        {
            var side = entered;
            foreach (var convolution in block.Branch)
            {
                yield return (convolution, side);
                side = convolution.After(side);
            }
            if (block.Shortcut is { } shortcut) yield return (shortcut, entered);
            entered = side;
        }
    }

    private static long Multiplications(PlannedConvolution c, long side) =>
        c.After(side) * c.After(side) * c.Out * c.In * c.Kernel * c.Kernel;

    // The stride is on the 3x3, as in torchvision.
    private static PlannedBlock Block(string name, long enters, long width, int stride, bool isBottleneck)
    {
        var leaves = isBottleneck ? width * Expansion : width;
        PlannedConvolution[] branch = isBottleneck
            ? [Branch(1, enters, width, 1, 1), Branch(2, width, width, 3, stride), Branch(3, width, leaves, 1, 1)]
            : [Branch(1, enters, width, 3, stride), Branch(2, width, width, 3, 1)];
        var projects = stride != 1 || enters != leaves;
        return new PlannedBlock(branch,
            projects ? new PlannedConvolution($"{name}.downsample.0", $"{name}.downsample.1", enters, leaves, 1, stride) : null);

        PlannedConvolution Branch(int i, long from, long to, int kernel, int step) =>
            new($"{name}.conv{i}", $"{name}.bn{i}", from, to, kernel, step);
    }
}
