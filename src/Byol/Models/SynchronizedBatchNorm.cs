using Byol.Distributed;
using Byol.Models.Normalization;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models;

/// <summary>Batch normalization by the statistics of a batch that is spread over ranks: as if one process had all of it.</summary>
/// <remarks>
/// Forward, each rank adds its sums, and normalizes by the mean and variance of all as an inference pass does. Backward, libtorch's pass
/// through that hands on dx' = dy·w/σ, Σdy·x̂ and Σdy; the latter two are added up over the ranks, N values in all, and
/// dx = dx' − w/(σN)·(Σdy + x̂·Σdy·x̂) (Ioffe and Szegedy 2015, section 3), whose correction is an affine function of x: one more inference
/// pass. The gradients of weight and bias stay those of the rank, as all gradients do until they are added up.
/// </remarks>
internal static class SynchronizedBatchNorm
{
    /// <summary>Normalizes, and moves the running statistics.</summary>
    /// <param name="x">This rank's part, [B,C,…], of two images or more.</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="running">Mean and variance, [C] each, changed in place.</param>
    /// <param name="momentum">The share of the batch in them.</param>
    /// <param name="epsilon">Is added to the variance.</param>
    /// <param name="ranks">Who has the other parts, as large as this.</param>
    /// <returns>[B,C,…], in the type of x.</returns>
    public static Tensor Apply(
        Tensor x, Tensor weight, Tensor bias, (Tensor Mean, Tensor Variance) running, double momentum, double epsilon, ICollective ranks)
    {
        using var scope = NewDisposeScope();
        var count = x.numel() / x.shape[1] * ranks.Count;                  // N
        var (mean, variance) = Statistics(x, weight, bias, count, ranks);  // [C] each
        Follow(running, mean, variance, count, momentum);
        if (!is_grad_enabled() || !(x.requires_grad || weight.requires_grad))
            return Normalize(x, weight, bias).MoveToOuterDisposeScope();
        var same = Node.apply(x, weight, bias, mean, variance, count, epsilon, ranks);
        return Normalize(same[0], same[1], same[2]).MoveToOuterDisposeScope();

        Tensor Normalize(Tensor x, Tensor weight, Tensor bias) =>
            functional.batch_norm(x, mean, variance, weight, bias, training: false, momentum: 0, epsilon);
    }

    // libtorch's own pass over x finds mean and variance of this rank; they are joined in fp64, which loses nothing by the large numbers
    // in between.
    private static (Tensor Mean, Tensor Variance) Statistics(Tensor x, Tensor weight, Tensor bias, long count, ICollective ranks)
    {
        using var _ = no_grad();
        using Scalar own = (double)count / ranks.Count, others = (double)count / ranks.Count - 1, each = 1.0 / count, minus = -1, zero = 0;
        var (mean, variance) = (zeros_like(weight), zeros_like(weight));
        functional.batch_norm(x, mean, variance, weight, bias, training: true, momentum: 1, BatchNorm.Epsilon).Dispose();
        var sums = empty(2 * weight.numel(), ScalarType.Float64, x.device);            // Σx, Σx²
        var (first, second) = (sums.narrow(0, 0, weight.numel()), sums.narrow(0, weight.numel(), weight.numel()));
        first.copy_(mean);
        second.copy_(variance).mul_(others).addcmul_(first, first, own);
        first.mul_(own);
        ranks.Sum(sums);
        sums.mul_(each);
        second.addcmul_(first, first, minus).clamp_(min: zero);
        return (first.to(weight.dtype), second.to(weight.dtype));
    }

    private static void Follow((Tensor Mean, Tensor Variance) running, Tensor mean, Tensor variance, long count, double momentum)
    {
        using var _ = no_grad();
        using Scalar keep = 1 - momentum, take = momentum, unbiased = momentum * count / (count - 1);
        running.Mean.mul_(keep).add_(mean, take);
        running.Variance.mul_(keep).add_(variance, unbiased);
    }

    // Hands x, weight and bias on as they are, and corrects the gradient of x on the way back.
    private sealed class Node : autograd.MultiTensorFunction<Node>
    {
        private const string Count = "count", Epsilon = "epsilon", Ranks = "ranks";

        public override string Name => nameof(SynchronizedBatchNorm);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, weight, bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
            ctx.save_for_backward([x, weight, (Tensor)vars[3], (Tensor)vars[4]]);
            ctx.save_data(Count, vars[5]);
            ctx.save_data(Epsilon, vars[6]);
            ctx.save_data(Ranks, vars[7]);
            return [x.alias(), weight.alias(), bias.alias()];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> gradients)
        {
            var ranks = (ICollective)ctx.get_data(Ranks);
            try
            {
                var input = Correct(ctx, gradients, ranks);
                Returned.Hold([input, gradients[1], gradients[2]]);
                return [input, gradients[1], gradients[2], null!, null!, null!, null!, null!];
            }
            catch (Exception e)
            {
                // It cannot pass through libtorch: the process would end without a word.
                Console.Error.WriteLine($"Rank {ranks.Rank}: {e.Message}");
                ranks.Abort(1);
                throw;
            }
        }

        private static Tensor Correct(autograd.AutogradContext ctx, List<Tensor> gradients, ICollective ranks)
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables();
            var (x, weight, mean, variance) = (saved[0], saved[1], saved[2], saved[3]);
            var (count, epsilon, channels) = ((long)ctx.get_data(Count), (double)ctx.get_data(Epsilon), weight.numel());
            using Scalar perValue = 1.0 / count, shift = epsilon, one = 1;
            var sums = empty(2 * channels, ScalarType.Float64, x.device);              // Σdy·x̂, Σdy
            var (products, plain) = (sums.narrow(0, 0, channels), sums.narrow(0, channels, channels));
            products.copy_(gradients[1]);
            plain.copy_(gradients[2]);
            ranks.Sum(sums);
            var slope = variance.to(ScalarType.Float64, copy: true).add_(shift, one).rsqrt_().mul_(weight.to(ScalarType.Float64)).mul_(perValue);
            var (scale, offset) = (products.mul(slope).to(weight.dtype), plain.mul(slope).to(weight.dtype));
            var correction = functional.batch_norm(x, mean, variance, scale, offset, training: false, momentum: 0, epsilon);
            var input = correction.neg_().add_(gradients[0], one).MoveToOuterDisposeScope();
            gradients[0].Dispose();
            return input;
        }
    }
}
