using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>One row of a comparison: features and a way to learn from labels.</summary>
public interface IProbe : IDisposable
{
    /// <summary>What tables call it.</summary>
    string Name { get; }

    /// <summary>D, the size of its feature vectors.</summary>
    long Dimension { get; }

    /// <summary>Whether the same labels give the same figure under any seed but for the folds of a cross-validation:
    /// all of them need no second draw.</summary>
    bool IsRepeatable { get; }

    /// <summary>Learns from labeled training images and scores every test image.</summary>
    /// <param name="labeled">Indices of the training images whose labels may be seen.</param>
    /// <param name="seed">Draws whatever is drawn.</param>
    /// <returns>[M,C] fp32; the caller's dispose scope owns it.</returns>
    Tensor Scores(IReadOnlyList<int> labeled, ulong seed);
}
