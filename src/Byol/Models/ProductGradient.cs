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
    // More pixels make oneDNN's products thick enough, and 3x3 kernels see each of them nine times.
    private static long MostPixels(long kernel) => kernel == 1 ? 28 * 28 : 7 * 7;

    /// <summary>Whether it is computed so: on a processor, in fp32 or bf16, with the channels of a pixel side by side, where few pixels
    /// come out.</summary>
    public static bool Suits(Tensor x, Tensor weight, long stride) =>
        is_grad_enabled() && weight.requires_grad && x.device_type == DeviceType.CPU && x.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && OutSide(x.shape[2], stride) * OutSide(x.shape[3], stride) <= MostPixels(weight.shape[3]) && PixelMemory.Suits(x);

    /// <summary>Convolves.</summary>
    /// <param name="x">[B,I,H,W].</param>
    /// <param name="weight">[O,I,k,k] of the same type, k odd.</param>
    /// <param name="stride">1 or 2.</param>
    /// <returns>[B,O,H/stride,W/stride], rounded up.</returns>
    public static Tensor Apply(Tensor x, Tensor weight, long stride)
    {
        using var constant = weight.detach();
        using var seen = x.detach();
        var (kernel, padding) = (weight.shape[3], weight.shape[3] / 2);
        using var y = functional.conv2d(x, constant, null, [stride, stride], [padding, padding]);      // the gradient of x is oneDNN's
        return Returned.Forward(() => Node.apply(y, weight, seen, kernel, stride))[0];
    }

    private static long OutSide(long side, long stride) => (side + stride - 1) / stride;

    /// <summary>What each pixel that comes out sees.</summary>
    /// <param name="x">[B,I,H,W].</param>
    /// <param name="kernel">k.</param>
    /// <param name="stride">1 or 2.</param>
    /// <returns>[B·H'·W',k·k·I], zeros beyond the border.</returns>
    private static Tensor Seen(Tensor x, long kernel, long stride)
    {
        var pixels = x.permute(0, 2, 3, 1);
        if ((kernel, stride) is (1, 1)) return pixels.reshape(-1, x.shape[1]);
        var (b, h, w, i, padding) = (x.shape[0], x.shape[2], x.shape[3], x.shape[1], kernel / 2);
        var (paddedHeight, paddedWidth) = (h + 2 * padding, w + 2 * padding);
        var padded = zeros([b, paddedHeight, paddedWidth, i], x.dtype);
        padded.narrow(1, padding, h).narrow(2, padding, w).copy_(pixels);
        var (row, image) = (paddedWidth * i, paddedHeight * paddedWidth * i);
        return padded
            .as_strided([b, OutSide(h, stride), OutSide(w, stride), kernel, kernel * i], [image, stride * row, stride * i, row, 1])
            .reshape(-1, kernel * kernel * i);
    }

    private sealed class Node : autograd.MultiTensorFunction<Node>
    {
        private const string Kernel = "kernel", Stride = "stride";

        public override string Name => nameof(ProductGradient);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (y, x) = ((Tensor)vars[0], (Tensor)vars[2]);
            ctx.save_for_backward([x]);
            ctx.save_data(Kernel, vars[3]);
            ctx.save_data(Stride, vars[4]);
            return [y.detach()];      // an alias made here could not be changed in place by what follows
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> gradients)
        {
            try
            {
                using var part = OperationClock.Part(nameof(ProductGradient), isBackward: true);
                var ofWeight = OfWeight(ctx, gradients[0]);
                Returned.Hold([gradients[0], ofWeight]);
                return [gradients[0], ofWeight, null!, null!, null!];
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
            var (x, kernel, stride) = (ctx.get_saved_variables()[0], (long)ctx.get_data(Kernel), (long)ctx.get_data(Stride));
            var rows = PixelMemory.Arrange(dy).permute(0, 2, 3, 1).reshape(-1, dy.shape[1]);      // [B·H'·W',O]
            ctx.Dispose();      // or x would live as long as the whole graph
            var product = rows.t().mm(Seen(x, kernel, stride));                                   // [O,k·k·I]
            return product.view(dy.shape[1], kernel, kernel, x.shape[1]).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
        }
    }
}
