using System.Globalization;

namespace Byol.Models.ResNet;

/// <summary>Residual networks, whose options have stood in encoder files as three keys from the beginning; a fourth is there where the
/// blocks are not those of a published depth.</summary>
internal sealed class ResNetKind() : EncoderKind("resnet", new ResNetOptions())
{
    private const string Depth = "depth", Width = "width", StemKey = "stem", BlocksKey = "blocks", PoolingKey = "pooling";

    /// <inheritdoc/>
    public override IEnumerable<(string Key, string Text)> Write(EncoderOptions options)
    {
        var network = (ResNetOptions)options;
        yield return (Depth, network.Depth.ToString(CultureInfo.InvariantCulture));
        yield return (Width, network.Width.ToString("R", CultureInfo.InvariantCulture));
        yield return (StemKey, network.Stem.ToString());
        if (network.Blocks.Count > 0) yield return (BlocksKey, string.Join(' ', network.Blocks));
        if (network.Pooling != SpatialPooling.Mean) yield return (PoolingKey, network.Pooling.ToString());
    }

    /// <inheritdoc/>
    public override EncoderOptions Read(IReadOnlyDictionary<string, string> metadata)
    {
        if (!Enum.TryParse<Stem>(metadata.GetValueOrDefault(StemKey), out var stem) || !Enum.IsDefined(stem))
            throw new FormatException(StemKey);
        if (!int.TryParse(metadata.GetValueOrDefault(Depth), CultureInfo.InvariantCulture, out var depth)) throw new FormatException(Depth);
        if (!double.TryParse(metadata.GetValueOrDefault(Width), CultureInfo.InvariantCulture, out var width))
            throw new FormatException(Width);
        var options = new ResNetOptions { Depth = depth, Width = width, Stem = stem,
            Blocks = Blocks(metadata.GetValueOrDefault(BlocksKey)), Pooling = Pooling(metadata.GetValueOrDefault(PoolingKey)) };
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new FormatException("depth and width", e);
        }
        return options;
    }

    private static SpatialPooling Pooling(string? text) => text is null ? SpatialPooling.Mean
        : Enum.TryParse<SpatialPooling>(text, out var pooling) && Enum.IsDefined(pooling) ? pooling : throw new FormatException(PoolingKey);

    private static List<int> Blocks(string? text) => text is null ? []
        : [.. text.Split(' ').Select(t => int.TryParse(t, CultureInfo.InvariantCulture, out var count) ? count
            : throw new FormatException(BlocksKey))];
}
