using System.Globalization;
using Byol.Interop;
using Byol.Models.Numerics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Faults.Numerics;

/// <summary>The fault that oneDNN has where the processor's caches are hidden: its own 1x1 convolution, with nothing done about it.</summary>
internal static class HiddenCaches
{
    /// <summary>Prints how far sums are off that are half wrong there.</summary>
    public static void Print()
    {
        TorchRuntime.Initialize();
        var shape = new ConvolutionShape(16, 128, 512, Kernel: 1, Stride: 1, Side: 28, ScalarType.Float32);
        var deviation = shape.Deviation(withGradients: false, (x, w) => functional.conv2d(x, w));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{OneDnnCaches.View} {deviation:0.0e+0}"));
    }
}
