using static TorchSharp.torch;

namespace Byol.Models.Normalization;

/// <summary>What a backward pass returns, TorchSharp does not hold until libtorch has taken it: this holds it until the next one.</summary>
internal static class Returned
{
    [ThreadStatic]
    private static IReadOnlyList<Tensor?>? _last;

    /// <summary>Holds these, and disposes of those before.</summary>
    public static void Hold(IReadOnlyList<Tensor?> gradients)
    {
        foreach (var before in _last ?? []) before?.Dispose();
        _last = gradients;
    }
}
