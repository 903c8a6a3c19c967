using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>One row of a comparison: features and a classifier on them.</summary>
public interface IProbe : IDisposable
{
    /// <summary>The name in tables.</summary>
    string Name { get; }

    /// <summary>D, the size of its feature vectors.</summary>
    long Dimension { get; }

    /// <summary>Whether the same labels give the same figure with any seed, apart from the folds of a cross-validation. With all labels one
    /// draw is then enough.</summary>
    bool IsRepeatable { get; }

    /// <summary>Learns from labeled training images and scores every test image.</summary>
    /// <param name="labeled">Indices of the training images whose labels may be seen.</param>
    /// <param name="seed">Seeds all draws.</param>
    /// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
    Tensor Scores(IReadOnlyList<int> labeled, ulong seed);
}
