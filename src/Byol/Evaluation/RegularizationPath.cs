using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>Fits of logistic regression with a penalty that is weakened step by step, each from where the one before ended.</summary>
/// <remarks>Begun at 0 with a weak penalty, the first steps would lead far out along axes of tiny variance, from which the way back is
/// long. The tensors are those of the dispose scope that it is made in.</remarks>
/// <param name="features">x, [N,P] fp32; the last column is 1.</param>
/// <param name="labels">y, [N] int64.</param>
/// <param name="weights">w, [F,N] fp64: what each image counts in each of F fits, each row with the sum 1.</param>
/// <param name="classes">Number of classes.</param>
internal sealed class RegularizationPath(Tensor features, Tensor labels, Tensor weights, int classes)
{
    private readonly double[] _counts = [.. weights.to(ScalarType.Bool).sum(1).data<long>().Select(n => (double)n)];

    /// <summary>θ of the newest fits, [F,C,P] fp64.</summary>
    public Tensor Parameters { get; } = SoftmaxRegression.Start(features, labels, weights, classes);

    /// <summary>Wx + b of every image, those that do not count too, [F,C,N] fp64.</summary>
    public Tensor Scores { get; } = InBlocks.ProductWithTransposed(
        SoftmaxRegression.Start(features, labels, weights, classes).reshape(-1, features.shape[1]), features)
        .reshape(weights.shape[0], classes, -1);

    /// <summary>Fits with C, from where the fits before ended.</summary>
    public NewtonResult Advance(double c, NewtonOptions options)
    {
        using var scope = NewDisposeScope();
        return NewtonMethod.Minimize(At(c), Parameters, Scores, options);
    }

    /// <summary>CE of every image, [F,1,N] fp64; the caller's dispose scope owns it.</summary>
    public Tensor Losses()
    {
        using var scope = NewDisposeScope();
        return At(1).Losses(Scores).MoveToOuterDisposeScope();
    }

    // C·Σ CE + ‖W‖²/2 divided by C times the images that count.
    private SoftmaxRegression At(double c) => new(features, labels, weights, classes, [.. _counts.Select(n => 1 / (c * n))]);
}
