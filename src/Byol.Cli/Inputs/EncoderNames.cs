using System.Globalization;
using Byol.Models;
using Byol.Models.ResNet;

namespace Byol.Cli.Inputs;

/// <summary>Encoders as they are typed: <c>resnet18x0.5</c>.</summary>
internal static class EncoderNames
{
    private const string ResNet = "resnet";

    /// <summary>The recipe's settings that a name stands for.</summary>
    /// <exception cref="ArgumentException">It stands for none.</exception>
    public static IEnumerable<string> Settings(string name)
    {
        if (!name.StartsWith(ResNet, StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"Encoder {name} is not known; use for instance resnet18, resnet50 or resnet18x0.5.");
        var parts = name[ResNet.Length..].Split('x', 2);
        return
        [
            $"encoder.kind={ResNet}", $"encoder.depth={parts[0]}",
            $"encoder.width={(parts.Length == 2 ? parts[1] : "1")}", "encoder.blocks=[]",
        ];
    }

    /// <summary>An encoder as it is typed, but for its stem.</summary>
    public static string Of(EncoderOptions encoder) => encoder is ResNetOptions { Depth: var depth, Width: var width }
        ? string.Create(CultureInfo.InvariantCulture, $"{ResNet}{depth}x{width}")
        : encoder.Title;

    /// <summary>The options with which a recipe trains an encoder.</summary>
    public static string Options(EncoderOptions encoder) => encoder is ResNetOptions { Stem: var stem, Blocks: var blocks }
        ? $"--encoder {Of(encoder)} --set encoder.stem={stem.ToString().ToLowerInvariant()}"
            + (blocks.Count == 0 ? "" : $" --set encoder.blocks=[{string.Join(',', blocks)}]")
        : $"a recipe of {encoder}";
}
