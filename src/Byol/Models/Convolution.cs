using Byol.Interop;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models;

/// <summary>A convolution by those ways of oneDNN 3.7.1, which libtorch 2.10 holds, that are right on every processor.</summary>
internal static class Convolution
{
    /// <summary>Whether 1x1 convolutions are computed as matrix products. Where oneDNN is wrong about the caches its own end the process,
    /// so they are not even tried; elsewhere <see cref="Numerics.NumericsCheck"/> sets it where they are found to be wrong.</summary>
    internal static bool OneByOneAsProduct
    {
        get => field || OneDnnCaches.View == CacheView.Hidden;
        set;
    }

    /// <summary>Convolves; the padding keeps the size at stride 1.</summary>
    /// <param name="x">[B,I,H,W].</param>
    /// <param name="weight">[O,I,k,k] of the same type, k odd.</param>
    /// <param name="bias">[O], or null.</param>
    /// <param name="stride">1 or 2.</param>
    /// <returns>[B,O,H/stride,W/stride], rounded up.</returns>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor? bias, long stride)
    {
        var padding = weight.shape[2] / 2;
        // With a single pixel any stride takes that pixel; but at stride 2 in bf16 the gradient of the taps that meet padding only is left
        // as memory was: garbage, and now and then NaN.
        if (x.shape is [_, _, 1, 1]) stride = 1;
        if (padding > 0) return Convolve(x, weight, bias, stride);
        if (stride == 1) return OneByOne(x, weight, bias);
        // A strided 1x1 convolution takes every other pixel first: the means of single pixels. As one operation it is brgconv_strided, which
        // below 16 channels writes past its memory on some processors with AVX-512; slices are copied again forward and backward.
        using var sampled = functional.avg_pool2d(x, kernel_size: 1, stride);
        return OneByOne(sampled, weight, bias);
    }

    private static Tensor OneByOne(Tensor x, Tensor weight, Tensor? bias) =>
        OneByOneAsProduct ? Product(x, weight, bias) : Convolve(x, weight, bias, stride: 1);

    private static Tensor Convolve(Tensor x, Tensor weight, Tensor? bias, long stride)
    {
        if (bias is null && ProductGradient.Suits(x, weight, stride)) return ProductGradient.Apply(x, weight, stride);
        var padding = weight.shape[2] / 2;
        return functional.conv2d(x, weight, bias, [stride, stride], [padding, padding]);
    }

    /// <summary>A 1x1 convolution as a matrix product: each pixel is a row.</summary>
    internal static Tensor Product(Tensor x, Tensor weight, Tensor? bias)
    {
        using var pixels = x.permute(0, 2, 3, 1);                               // [B,H,W,I], as it lies in channels-last memory
        using var matrix = weight.reshape(weight.shape[0], weight.shape[1]);    // [O,I]
        using var product = functional.linear(pixels, matrix, bias);            // [B,H,W,O]
        return product.permute(0, 3, 1, 2);                                     // [B,O,H,W]
    }
}
