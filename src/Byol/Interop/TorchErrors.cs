using System.Runtime.InteropServices;

namespace Byol.Interop;

/// <summary>What an error of libtorch means, which its text alone says.</summary>
internal static class TorchErrors
{
    private static readonly string[] OfGpu = ["CUDA", "cuDNN", "CUDNN", "CUBLAS", "NCCL"];

    /// <summary>Whether there was too little memory, the processor's or a GPU's.</summary>
    public static bool IsOutOfMemory(Exception e) => e is OutOfMemoryException
        || (e is ExternalException && (Says(e, "out of memory") || Says(e, "can't allocate memory")));

    /// <summary>Whether a GPU failed: nothing that it computes afterwards can be trusted.</summary>
    public static bool IsOfGpu(Exception e) => e is ExternalException && OfGpu.Any(name => Says(e, name));

    private static bool Says(Exception e, string words) => e.Message.Contains(words, StringComparison.Ordinal);
}
