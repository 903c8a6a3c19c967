namespace Byol.OnnxRuntime;

/// <summary>How a model of another program is used.</summary>
public sealed class ForeignModel
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
}
