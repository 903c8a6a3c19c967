using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Evaluation;

/// <summary>The objective of multinomial logistic regression: f(W, b) = Σᵢ wᵢ·CE(Wxᵢ + b, yᵢ) + λ/2·‖W‖²;
/// the bias is not penalized. F of them are computed together: they share the images and differ in the images' weights w, and in λ.</summary>
/// <remarks>
/// Parameters θ are [F,C,P], scores [F,C,N]: one matrix product with the features serves all F, which is faster than F products.
/// Scores, value and gradient are fp64, so that rounding does not hide the minimum where the penalty is weak; the products of
/// <see cref="HessianProduct"/> are fp32, as the features are: a direction that is slightly off only costs a step.
/// Every returned tensor is the caller's dispose scope's.
/// </remarks>
/// <param name="features">x, [N,P] fp32; the last column is 1, and its parameter the bias b.</param>
/// <param name="labels">y, [N] int64.</param>
/// <param name="weights">w, [F,N] fp64: what each image counts, each row with the sum 1; 0 leaves an image out.</param>
/// <param name="classes">C.</param>
/// <param name="penalties">λ, F of them.</param>
internal sealed class SoftmaxRegression(Tensor features, Tensor labels, Tensor weights, int classes, IReadOnlyList<double> penalties)
{
    private readonly Tensor _weights = weights.unsqueeze(1);                                          // [F,1,N]
    private readonly Tensor _weights32 = weights.unsqueeze(1).to(ScalarType.Float32);                // [F,1,N]
    private readonly Tensor _targets = labels.reshape(1, 1, -1).expand(weights.shape[0], 1, -1);     // [F,1,N]
    private readonly Tensor _squares = features.mul(features).mean([0]).to(ScalarType.Float64);      // [P]
    private readonly Tensor _penalty = Penalty(penalties, features.shape[1]);                        // [F,1,P]

    /// <summary>Where a fit begins: no weights, and as bias the log of how frequent each class is among the images that count.</summary>
    /// <remarks>That is the minimum under an infinite penalty. A class that none of these images has starts at e⁻³⁰: its bias would fall by
    /// one in each step, without end.</remarks>
    /// <returns>[F,C,P] fp64.</returns>
    public static Tensor Start(Tensor features, Tensor labels, Tensor weights, int classes)
    {
        using var scope = NewDisposeScope();
        using Scalar rarest = Math.Exp(-30);
        var frequencies = zeros(weights.shape[0], classes, ScalarType.Float64);
        frequencies.scatter_add_(1, labels.unsqueeze(0).expand(weights.shape[0], -1), weights);
        var theta = zeros(weights.shape[0], classes, features.shape[1], ScalarType.Float64);
        theta.select(2, -1).copy_(frequencies.clamp_min_(rarest).log());
        return theta.MoveToOuterDisposeScope();
    }

    /// <summary>Wx + b of every image; linear in θ.</summary>
    /// <returns>[F,C,N] fp64.</returns>
    public Tensor Scores(Tensor theta)
    {
        using var scope = NewDisposeScope();
        return InBlocks.ProductWithTransposed(Rows(theta), features).reshape(theta.shape[0], classes, -1).MoveToOuterDisposeScope();
    }

    /// <summary>f.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="scores">Of θ.</param>
    /// <returns>[F,1,1] fp64.</returns>
    public Tensor Value(Tensor theta, Tensor scores)
    {
        using var scope = NewDisposeScope();
        using Scalar half = 0.5;
        var losses = Losses(scores).mul_(_weights).sum(2, keepdim: true);
        return losses.add_(theta.mul(theta).mul_(_penalty).sum([1, 2], keepdim: true), half).MoveToOuterDisposeScope();
    }

    /// <summary>CE of every image.</summary>
    /// <param name="scores">[F,C,N].</param>
    /// <returns>[F,1,N] fp64.</returns>
    public Tensor Losses(Tensor scores)
    {
        using var scope = NewDisposeScope();
        return nn.functional.log_softmax(scores, 1).gather(1, _targets).neg_().MoveToOuterDisposeScope();
    }

    /// <summary>∇f = Σᵢ wᵢ(pᵢ − yᵢ)xᵢᵀ + λW.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="probabilities">p, the softmax of the scores over the classes, [F,C,N] fp64.</param>
    /// <returns>[F,C,P] fp64.</returns>
    public Tensor Gradient(Tensor theta, Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        var slopes = probabilities.clone();
        slopes.scatter_add_(1, _targets, ones_like(_targets, ScalarType.Float64).neg_());
        slopes.mul_(_weights);
        var gradient = InBlocks.ProductFromLeft(Rows(slopes), features).reshape(theta.shape);
        using Scalar one = 1, minusOne = -1;
        // All biases may rise together and nothing changes: what rounding leaves of that slope has no curvature against it.
        var biases = gradient.narrow(2, -1, 1);
        biases.add_(biases.mean([1], keepdim: true), minusOne);
        return gradient.addcmul_(theta, _penalty, one).MoveToOuterDisposeScope();
    }

    /// <summary>∇²f·v: with u = Vx, Σᵢ wᵢ(pᵢ∘uᵢ − pᵢ·(pᵢᵀuᵢ))xᵢᵀ + λV (Böhning 1992, section 2).</summary>
    /// <remarks>u may be shifted by a number for each image. It is taken relative to that of the true class: where p is nearly 1 there, the
    /// two terms would otherwise cancel to nothing but rounding.</remarks>
    /// <param name="direction">V, [F,C,P] fp64.</param>
    /// <param name="probabilities">p, [F,C,N] fp32.</param>
    /// <returns>[F,C,P] fp64.</returns>
    public Tensor HessianProduct(Tensor direction, Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        using Scalar one = 1, minusOne = -1;
        var u = Rows(direction).to(ScalarType.Float32).mm(features.t()).reshape(probabilities.shape);
        u.add_(u.gather(1, _targets), minusOne).mul_(probabilities);                                 // p∘u
        u.addcmul_(probabilities, u.sum(1, keepdim: true), minusOne).mul_(_weights32);
        var product = Rows(u).mm(features).to(ScalarType.Float64).reshape(direction.shape);
        return product.addcmul_(direction, _penalty, one).MoveToOuterDisposeScope();
    }

    /// <summary>About the diagonal of ∇²f where the columns of x are orthogonal, with the mean of p(1 − p) for all images and classes.</summary>
    /// <remarks>Along principal axes conjugate gradients need up to half as many products with it as with the exact diagonal (530 images, 512
    /// dimensions, the whole grid), and never many more.</remarks>
    /// <param name="probabilities">p, [F,C,N] fp64.</param>
    /// <returns>[F,1,P] fp64, above 0.</returns>
    public Tensor Preconditioner(Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        using Scalar one = 1, share = 1.0 / classes, least = 1e-30;
        var variance = probabilities.mul(probabilities).neg_().add_(probabilities, one).mul_(_weights).sum([1, 2], keepdim: true).mul_(share);
        return variance.mul(_squares).add_(_penalty, one).clamp_min_(least).MoveToOuterDisposeScope();
    }

    private Tensor Rows(Tensor x) => x.reshape(x.shape[0] * classes, -1);

    private static Tensor Penalty(IReadOnlyList<double> penalties, long columns)
    {
        using var scope = NewDisposeScope();
        var penalty = tensor(penalties.ToArray()).reshape(-1, 1, 1).repeat(1, 1, columns);
        penalty.select(2, -1).zero_();
        return penalty.MoveToOuterDisposeScope();
    }
}
