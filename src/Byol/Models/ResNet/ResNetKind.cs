using System.Globalization;

namespace Byol.Models.ResNet;

/// <summary>Residual networks, whose options have stood in encoder files as three keys from the beginning.</summary>
internal sealed class ResNetKind() : EncoderKind("resnet", new ResNetOptions())
{
    private const string Depth = "depth", Width = "width", StemKey = "stem";

    /// <inheritdoc/>
    public override IEnumerable<(string Key, string Text)> Write(EncoderOptions options)
    {
        var network = (ResNetOptions)options;
        return
        [
            (Depth, network.Depth.ToString(CultureInfo.InvariantCulture)),
            (Width, network.Width.ToString("R", CultureInfo.InvariantCulture)),
            (StemKey, network.Stem.ToString()),
        ];
    }

    /// <inheritdoc/>
    public override EncoderOptions Read(IReadOnlyDictionary<string, string> metadata)
    {
        if (!Enum.TryParse<Stem>(metadata.GetValueOrDefault(StemKey), out var stem) || !Enum.IsDefined(stem))
            throw new FormatException(StemKey);
        if (!int.TryParse(metadata.GetValueOrDefault(Depth), CultureInfo.InvariantCulture, out var depth)) throw new FormatException(Depth);
        if (!double.TryParse(metadata.GetValueOrDefault(Width), CultureInfo.InvariantCulture, out var width))
            throw new FormatException(Width);
        var options = new ResNetOptions { Depth = depth, Width = width, Stem = stem };
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
}
