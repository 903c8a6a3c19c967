using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Models;

/// <summary>A convolution on the ways of oneDNN 3.7.1, which libtorch 2.10 holds, that are right on every processor.</summary>
internal static class Convolution
{
    /// <summary>Convolves; the padding keeps the size at stride 1.</summary>
    /// <param name="x">[B,I,H,W].</param>
    /// <param name="weight">[O,I,k,k] of the same type, k odd.</param>
    /// <param name="bias">[O], or null.</param>
    /// <param name="stride">1 or 2.</param>
    /// <returns>[B,O,H/stride,W/stride], rounded up.</returns>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor? bias, long stride)
    {
        var padding = weight.shape[2] / 2;
        // Of a single pixel the stride takes that pixel whatever it is; but at stride 2 in bf16 the gradient of the taps that meet padding
        // only is left as memory was: garbage, and now and then NaN.
        if (x.shape is [_, _, 1, 1]) stride = 1;
        if (stride == 1 || padding > 0) return functional.conv2d(x, weight, bias, [stride, stride], [padding, padding]);
        // A strided 1x1 convolution takes every other pixel first. As one operation it is brgconv_strided, which on some processors with
        // AVX-512 gives wrong fp32 sums (a tenth off, 256 to 512 channels) and, below 16 channels, writes past its memory.
        using var rows = x.slice(2, 0, x.shape[2], stride);
        using var sampled = rows.slice(3, 0, x.shape[3], stride);
        return functional.conv2d(sampled, weight, bias);
    }
}
