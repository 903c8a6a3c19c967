using Byol.Interop;
using Byol.Models.Normalization;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models;

/// <summary>A convolution whose weights' gradient is one matrix product: of what comes in, seen through the kernel, and the gradient of what
/// comes out.</summary>
/// <remarks>oneDNN multiplies row by row of each image, which are thin products where a row is few pixels; here all pixels of a batch are
/// one dimension of the product. <see cref="Convolution"/>'s own gradient is the truth that tests hold this against.</remarks>
internal static class ProductGradient
{
    private const long MostPixels = 16, Kernel = 3;

    /// <summary>Whether it is computed so: 3x3 kernels on a processor, in fp32 or bf16, with the channels of a pixel side by side, where
    /// few pixels come out.</summary>
    public static bool Suits(Tensor x, Tensor weight, long stride) =>
        is_grad_enabled() && weight.requires_grad && weight.shape[3] == Kernel && x.device_type == DeviceType.CPU
        && x.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && OutSide(x.shape[2], stride) * OutSide(x.shape[3], stride) <= MostPixels && PixelMemory.Suits(x);

    /// <summary>Convolves.</summary>
    /// <param name="x">[B,I,H,W].</param>
    /// <param name="weight">[O,I,3,3] of the same type.</param>
    /// <param name="stride">1 or 2.</param>
    /// <returns>[B,O,H/stride,W/stride], rounded up.</returns>
    public static Tensor Apply(Tensor x, Tensor weight, long stride)
    {
        using var constant = weight.detach();
        var y = functional.conv2d(x, constant, null, [stride, stride], [1, 1]);      // the gradient of x is oneDNN's
        return Node.apply(y, weight, x.detach(), stride)[0];
    }

    private static long OutSide(long side, long stride) => (side + stride - 1) / stride;

    /// <summary>What each pixel that comes out sees.</summary>
    /// <param name="x">[B,I,H,W].</param>
    /// <param name="stride">1 or 2.</param>
    /// <returns>[B·H'·W',9·I], zeros beyond the border.</returns>
    internal static Tensor Columns(Tensor x, long stride)
    {
        var (b, i, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        using var scope = NewDisposeScope();
        var padded = zeros([b, h + 2, w + 2, i], x.dtype);
        padded.narrow(1, 1, h).narrow(2, 1, w).copy_(x.permute(0, 2, 3, 1));
        var (pixel, row, image) = (i, (w + 2) * i, (h + 2) * (w + 2) * i);
        return padded
            .as_strided([b, OutSide(h, stride), OutSide(w, stride), Kernel, Kernel * i], [image, stride * row, stride * pixel, row, 1])
            .reshape(-1, Kernel * Kernel * i).MoveToOuterDisposeScope();
    }

    private sealed class Node : autograd.MultiTensorFunction<Node>
    {
        private const string Stride = "stride";

        public override string Name => nameof(ProductGradient);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (y, x) = ((Tensor)vars[0], (Tensor)vars[2]);
            ctx.save_for_backward([x]);
            ctx.save_data(Stride, (long)vars[3]);
            return [y.alias()];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> gradients)
        {
            try
            {
                using var part = OperationClock.Part(nameof(ProductGradient), isBackward: true);
                var ofWeight = OfWeight(ctx, gradients[0]);
                Returned.Hold([gradients[0], ofWeight]);
                return [gradients[0], ofWeight, null!, null!];
            }
            catch (Exception e)
            {
                // It cannot pass through libtorch: the process would end without a word.
                Console.Error.WriteLine(e.Message);
                throw;
            }
        }

        private static Tensor OfWeight(autograd.AutogradContext ctx, Tensor dy)
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var x = ctx.get_saved_variables()[0];
            var rows = PixelMemory.Arrange(dy).permute(0, 2, 3, 1).reshape(-1, dy.shape[1]);      // [B·H'·W',O]
            var product = rows.t().mm(Columns(x, (long)ctx.get_data(Stride)));                    // [O,9·I]
            return product.view(dy.shape[1], Kernel, Kernel, x.shape[1]).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
        }
    }
}
