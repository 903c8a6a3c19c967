using System.Globalization;

namespace Byol.OnnxRuntime;

/// <summary>How a model of another program is used.</summary>
internal sealed class ForeignModel
{
    internal ForeignModel(string input, string output, bool assumesPixels, string? scoredFrom) =>
        (Input, Output, AssumesPixels, ScoredFrom) = (input, output, assumesPixels, scoredFrom);

    /// <summary>Its input: name, order of values, batch.</summary>
    public string Input { get; }

    /// <summary>The value that is taken as the embedding.</summary>
    public string Output { get; }

    /// <summary>Whether nothing says how pixels are scaled, so that ImageNet's normalization is assumed.</summary>
    public bool AssumesPixels { get; }

    /// <summary>What the output is computed from, if it looks like the scores of classes: usually the better embedding. Null if it does
    /// not.
    /// </summary>
    public string? ScoredFrom { get; }

    /// <summary>All of it in words.</summary>
    /// <param name="encoder">The encoder that it is.</param>
    internal IReadOnlyList<string> Notes(OnnxEncoder encoder)
    {
        var used = string.Create(CultureInfo.InvariantCulture, $"{encoder.Name}: {Input}, embedding {Output} of {encoder.Dimension}");
        var source = AssumesPixels ? "because nothing says otherwise; set preset=mlnet or plain, or scale, mean and color" : "as was said";
        var prepared = $"images are prepared at {encoder.Preprocessing}, {source}";
        return ScoredFrom is not { } embedding ? [used, prepared]
            : [used, prepared, $"{Output} looks like the scores of classes; set output={embedding} to take what they are computed from"];
    }
}
