namespace Byol.Models;

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
    private const int Expansion = 4;     // of a bottleneck: what leaves it over its width

    /// <summary>All blocks in their order.</summary>
    public IEnumerable<PlannedBlock> Blocks => Stages.SelectMany(s => s);

    /// <summary>All convolutions in the order of the state.</summary>
    public IEnumerable<PlannedConvolution> Convolutions => Blocks.SelectMany(b => b.Convolutions).Prepend(Stem);

    /// <summary>Lists the network that the options make.</summary>
    public static ResNetPlan Of(EncoderOptions options)
    {
        options.Validate();
        var width = (long)(64 * options.Width);
        var (kernel, stride) = options.Stem switch { Models.Stem.ImageNet => (7, 2), Models.Stem.SmallStride2 => (3, 2), _ => (3, 1) };
        var stem = new PlannedConvolution("conv1", "bn1", 3, width, kernel, stride);
        var channels = width;
        var stages = new List<IReadOnlyList<PlannedBlock>>();
        foreach (var count in ResNet.Blocks[options.Depth])
        {
            var stage = new List<PlannedBlock>();
            for (var i = 0; i < count; i++)
            {
                var block = Block($"layer{stages.Count + 1}.{i}", channels, width, i == 0 && stages.Count > 0 ? 2 : 1, options.Depth >= 50);
                channels = block.Branch[^1].Out;
                stage.Add(block);
            }
            stages.Add(stage);
            width *= 2;
        }
        return new ResNetPlan(stem, options.Stem == Models.Stem.ImageNet, stages);
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
