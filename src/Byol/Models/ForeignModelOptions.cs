using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models;

/// <summary>A model that another engine runs: of its architecture nothing is known but what is taken from it, and it cannot be trained.
/// </summary>
internal sealed record ForeignModelOptions : EncoderOptions
{
    /// <summary>D.</summary>
    public int Dimension { get; init; } = 1;

    /// <summary>Which of its values the embedding is.</summary>
    public string Output { get; init; } = "";

    /// <summary>In which order it takes channels.</summary>
    public string Color { get; init; } = "";

    /// <inheritdoc/>
    public override long RepresentationSize => Dimension;

    /// <inheritdoc/>
    public override string Title => $"ONNX model with embedding {Output} of {Dimension}";

    /// <inheritdoc/>
    public override void Validate()
    {
    }

    /// <inheritdoc/>
    public override Module<Tensor, Tensor> Create(WeightSource weights) =>
        throw new ArgumentException($"An {Title} can be run and not built; train an encoder of another kind.");

    /// <summary>The title and the order of colors.</summary>
    public override string ToString() => $"{Title}, {Color}";
}
