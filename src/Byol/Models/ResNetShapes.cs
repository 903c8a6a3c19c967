namespace Byol.Models;

/// <summary>Names and shapes of a <see cref="ResNet"/>'s state, counted without building it: a file is compared with them before memory is
/// taken for it.</summary>
internal static class ResNetShapes
{
    /// <summary>Every parameter and buffer of the network that the options make.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Of(EncoderOptions options)
    {
        var channels = (long)(64 * options.Width);
        var bottleneck = options.Depth >= 50;
        var kernel = options.Stem == Stem.ImageNet ? 7 : 3;
        foreach (var tensor in Unit("conv1", "bn1", channels, 3, kernel)) yield return tensor;
        var width = channels;
        for (var stage = 0; stage < 4; stage++, width *= 2)
        {
            for (var block = 0; block < ResNet.Blocks[options.Depth][stage]; block++)
            {
                var (prefix, leaves) = ($"layer{stage + 1}.{block}.", bottleneck ? width * Bottleneck.Expansion : width);
                var units = bottleneck
                    ? Unit($"{prefix}conv1", $"{prefix}bn1", width, channels, 1)
                        .Concat(Unit($"{prefix}conv2", $"{prefix}bn2", width, width, 3))
                        .Concat(Unit($"{prefix}conv3", $"{prefix}bn3", leaves, width, 1))
                    : Unit($"{prefix}conv1", $"{prefix}bn1", width, channels, 3)
                        .Concat(Unit($"{prefix}conv2", $"{prefix}bn2", width, width, 3));
                if (channels != leaves || (block == 0 && stage > 0))
                    units = units.Concat(Unit($"{prefix}downsample.0", $"{prefix}downsample.1", leaves, channels, 1));
                foreach (var tensor in units) yield return tensor;
                channels = leaves;
            }
        }
    }

    /// <summary>How many numbers the network learns.</summary>
    public static long Parameters(EncoderOptions options) =>
        Of(options).Where(t => !t.Name.Contains("running_", StringComparison.Ordinal)).Sum(t => t.Shape.Aggregate(1L, (a, b) => a * b));

    // A convolution and the BatchNorm behind it.
    private static IEnumerable<(string, long[])> Unit(string convolution, string norm, long output, long input, long kernel) =>
    [
        ($"{convolution}.weight", [output, input, kernel, kernel]), ($"{norm}.weight", [output]), ($"{norm}.bias", [output]),
        ($"{norm}.running_mean", [output]), ($"{norm}.running_var", [output]),
    ];
}
