using System.Globalization;
using System.Text;
using Byol.Encoders;
using Byol.OnnxRuntime;

namespace Byol.Cli.Exports;

/// <summary>What byol export has written and how it was checked.</summary>
/// <param name="File">The file.</param>
/// <param name="Format">Its format.</param>
/// <param name="Dimension">D.</param>
/// <param name="WeightsSha256">The digest of the weights, the same in every format.</param>
internal sealed record Exported(string File, string Format, long Dimension, string WeightsSha256)
{
    /// <summary>onnx: the card beside the file.</summary>
    public string? Card { get; init; }

    /// <summary>onnx: how far ONNX Runtime was from libtorch.</summary>
    public object? Parity { get; init; }

    /// <summary>An ONNX file.</summary>
    public static Exported Of(OnnxFile file, EncoderDescription description) =>
        new(file.File, ExportFormat.Onnx, description.Architecture.RepresentationSize, description.Weights!)
        {
            Card = file.Card, Parity = file.Parity,
        };

    public string Describe()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Done: {File}  ({new FileInfo(File).Length / 1e6:F1} MB)");
        text.AppendLine(CultureInfo.InvariantCulture, $"  embeddings     {Dimension} dimensions");
        if (Card is not null) text.AppendLine($"  card           {Card}");
        text.AppendLine($"  weights        sha256 {WeightsSha256}");
        text.AppendLine($"  checked        {Parity?.ToString() ?? "read back: the same weights"}");
        return text.ToString();
    }
}
