using System.Globalization;
using System.Text;

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
    public Parity? Parity { get; init; }

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

/// <summary>Largest difference of two implementations, relative to the largest value of each embedding.</summary>
/// <param name="Random">On images of noise.</param>
/// <param name="Real">On images of a dataset.</param>
/// <param name="Images">Of each kind.</param>
/// <param name="Data">The dataset.</param>
internal sealed record Parity(double Random, double Real, int Images, string Data)
{
    public double Largest => Math.Max(Random, Real);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"ONNX Runtime against libtorch fp32: largest relative difference {Random:0.0e+0} on {Images} images of noise, "
        + $"{Real:0.0e+0} on {Images} of {Data}");
}
