using Byol.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Models.Normalization;

/// <summary>A BatchNorm in training and what comes after it, the sum with a residual and the ReLU, as one operation.</summary>
/// <remarks>It passes over memory twice forward and twice backward, libtorch's three operations nine and eight times. Several ranks normalize
/// by the statistics of all. libtorch's own operations are the truth that tests hold this against.</remarks>
internal static class FusedNorm
{
    /// <summary>Whether this can be computed so: on a processor, in fp32 or bf16, with the channels of a pixel side by side.</summary>
    public static bool Suits(Tensor x, Tensor? residual, Tensor weight) =>
        x.device_type == DeviceType.CPU && x.dtype is ScalarType.Float32 or ScalarType.BFloat16 && weight.dtype == ScalarType.Float32
        && x.numel() > x.shape[1] && PixelMemory.Suits(x) && (residual is null || (residual.dtype == x.dtype && PixelMemory.Suits(residual)));

    /// <summary>Normalizes, and moves the running statistics.</summary>
    /// <param name="x">[B,C] or [B,C,H,W].</param>
    /// <param name="residual">As x, or null.</param>
    /// <param name="rectify">Whether a ReLU comes last.</param>
    /// <param name="norm">Weights and statistics.</param>
    /// <returns>As x; the caller's dispose scope owns it.</returns>
    public static Tensor Apply(Tensor x, Tensor? residual, bool rectify, NormState norm)
    {
        if (!is_grad_enabled() || !(x.requires_grad || norm.Weight.requires_grad)) return Forward(x, residual, rectify, norm).Y;
        object[] common = [x, norm.Weight, norm.Bias, norm, rectify];
        return Returned.Forward(() => Node.apply(residual is null ? common : [.. common, residual]))[0];
    }

    private static (Tensor Y, ChannelStatistics Statistics) Forward(Tensor x, Tensor? residual, bool rectify, NormState norm)
    {
        using var part = OperationClock.Part(nameof(FusedNorm));
        return x.dtype == ScalarType.Float32
            ? NormPass<Float32>.Forward(x, residual, rectify, norm) : NormPass<BFloat16>.Forward(x, residual, rectify, norm);
    }

    private sealed class Node : autograd.MultiTensorFunction<Node>
    {
        private const string Norm = "norm", Rectify = "rectify", Statistics = "statistics";

        public override string Name => nameof(FusedNorm);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, norm, rectify) = ((Tensor)vars[0], (NormState)vars[3], (bool)vars[4]);
            var residual = vars.Length > 5 ? (Tensor)vars[5] : null;
            var (y, statistics) = Forward(x, residual, rectify, norm);
            ctx.save_for_backward(residual is null ? [x] : [x, y]);
            ctx.save_data(Norm, norm);
            ctx.save_data(Rectify, rectify);
            ctx.save_data(Statistics, statistics);
            return [y];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> gradients)
        {
            var norm = (NormState)ctx.get_data(Norm);
            try
            {
                using var _ = no_grad();
                var found = Backward(ctx, gradients[0], norm);
                Returned.Hold(found);
                gradients[0].Dispose();
                List<Tensor> all = [found[0], found[1], found[2], null!, null!];
                return found.Count == 3 ? all : [.. all, found[3]];
            }
            catch (Exception e)
            {
                // It cannot pass through libtorch: the process would end without a word.
                Console.Error.WriteLine($"{(norm.Ranks.Count > 1 ? $"Rank {norm.Ranks.Rank}: " : "")}{e.Message}");
                norm.Ranks.Abort(1);
                throw;
            }
        }

        private static List<Tensor> Backward(autograd.AutogradContext ctx, Tensor dy, NormState norm)
        {
            using var part = OperationClock.Part(nameof(FusedNorm), isBackward: true);
            var (saved, rectify, statistics) = (ctx.get_saved_variables(), (bool)ctx.get_data(Rectify), (ChannelStatistics)ctx.get_data(Statistics));
            var y = saved.Count > 1 ? saved[1] : null;
            try
            {
                return dy.dtype == ScalarType.Float32
                    ? NormPass<Float32>.Backward(dy, saved[0], y, rectify, norm, statistics)
                    : NormPass<BFloat16>.Backward(dy, saved[0], y, rectify, norm, statistics);
            }
            finally
            {
                foreach (var tensor in saved) tensor.Dispose();
                ctx.Dispose();      // or what was saved would live as long as the whole graph
            }
        }
    }
}
