using static TorchSharp.torch;

namespace Byol.Models.Normalization;

/// <summary>What passes of our own nodes of the graph return.</summary>
internal static class Returned
{
    [ThreadStatic]
    private static IReadOnlyList<Tensor?>? _last;

    /// <summary>Runs a node's forward pass and keeps nothing but what it returns.</summary>
    /// <remarks>TorchSharp makes a tensor of the size of each output, which it would need if an output had no gradient, and keeps it as long
    /// as the graph; ours all have one.</remarks>
    public static List<Tensor> Forward(Func<List<Tensor>> pass)
    {
        using var scope = NewDisposeScope();
        var outputs = pass();
        foreach (var output in outputs) output.MoveToOuterDisposeScope();
        return outputs;
    }

    /// <summary>Holds what a backward pass returns until the next one, which TorchSharp does not until libtorch has taken it.</summary>
    public static void Hold(IReadOnlyList<Tensor?> gradients)
    {
        foreach (var before in _last ?? []) before?.Dispose();
        _last = gradients;
    }
}
