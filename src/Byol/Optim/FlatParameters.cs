using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Byol.Optim;

/// <summary>One parameter's place in the flat buffer.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Offset">First element.</param>
/// <param name="Length">Number of elements.</param>
/// <param name="IsNormOrBias">A vector rather than a matrix or kernel: BatchNorm weights, and biases.
/// LARS and weight decay leave these out.</param>
/// <param name="Rows">The first size: outputs of a kernel or matrix, whose weights for one output lie together.</param>
internal sealed record ParameterSlice(string Name, long Offset, long Length, bool IsNormOrBias, long Rows)
{
    /// <summary>Whether it belongs to the encoder f.</summary>
    public bool IsEncoder => Name.StartsWith("encoder.", StringComparison.Ordinal);

    /// <summary>Whether it belongs to the predictor q, whose parameters come last in the online network.</summary>
    public bool IsPredictor => Name.StartsWith("predictor.", StringComparison.Ordinal);
}

/// <summary>All parameters of one or more modules in one contiguous buffer of their type (fp32), and their gradients in another.</summary>
/// <remarks>
/// The modules' own parameters become windows into the buffer, so that the moving average of a whole network is two calls, an
/// optimizer a few vector operations, and a gradient sum over processes one call. Kernels lie in channels-last order, the layout that
/// convolutions compute in. Autograd adds into the gradient windows in place.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    private readonly List<Tensor> _windows = [];

    /// <summary>Moves the parameters into one buffer, in the order given.</summary>
    /// <param name="named">Parameters with their names; all of one type, fp32 except for comparisons.</param>
    /// <param name="trained">Whether they receive gradients; the target network's do not.</param>
    public FlatParameters(IEnumerable<(string Name, Parameter Parameter)> named, bool trained) : this(named, trained, null)
    {
    }

    /// <summary>Makes the parameters windows into another network's buffer:
    /// its weights are theirs, their gradients are their own.</summary>
    /// <param name="named">Parameters as those of the other network, in the same order.</param>
    /// <param name="trained">Whether they receive gradients.</param>
    /// <param name="shared">The other network's; null for a buffer of their own.</param>
    internal FlatParameters(IEnumerable<(string Name, Parameter Parameter)> named, bool trained, FlatParameters? shared)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var all = named.ToList();
        var length = all.Sum(p => p.Parameter.numel());
        var (type, device) = (all[0].Parameter.dtype, all[0].Parameter.device);
        Values = (shared?.Values.alias() ?? zeros(length, type, device)).DetachFromDisposeScope();
        Gradients = zeros(trained ? length : 0, type, device).DetachFromDisposeScope();

        var slices = new List<ParameterSlice>();
        var offset = 0L;
        foreach (var (name, parameter) in all)
        {
            var slice = new ParameterSlice(name, offset, parameter.numel(), parameter.dim() <= 1, parameter.dim() == 0 ? 1 : parameter.shape[0]);
            var value = Window(Values, slice, parameter.shape);
            if (shared is null) value.copy_(parameter);
            parameter.set_(value);
            parameter.requires_grad = trained;
            if (trained)
            {
                var gradient = Window(Gradients, slice, parameter.shape).DetachFromDisposeScope();
                parameter.grad = gradient;
                _windows.Add(gradient);
            }
            slices.Add(slice);
            offset += slice.Length;
        }
        Slices = slices;
    }

    /// <summary>θ (or ξ): every parameter, [P].</summary>
    public Tensor Values { get; }

    /// <summary>The gradients, [P]; empty if nothing is trained.</summary>
    public Tensor Gradients { get; }

    /// <summary>Where each parameter lies, in order.</summary>
    public IReadOnlyList<ParameterSlice> Slices { get; }

    /// <summary>The buffer in parts: neighbors of one kind are one part.</summary>
    /// <param name="kind">What the parameters of a part have in common.</param>
    public IReadOnlyList<(long Offset, long Length, T Kind)> Parts<T>(Func<ParameterSlice, T> kind) where T : struct, IEquatable<T>
    {
        var parts = new List<(long Offset, long Length, T Kind)>();
        foreach (var slice in Slices)
        {
            var own = kind(slice);
            if (parts.Count > 0 && parts[^1].Kind.Equals(own)) parts[^1] = parts[^1] with { Length = parts[^1].Length + slice.Length };
            else parts.Add((slice.Offset, slice.Length, own));
        }
        return parts;
    }

    /// <summary>Sets every gradient to zero.</summary>
    public void ZeroGradients() => Gradients.zero_();

    /// <summary>A window on one parameter's elements in a buffer laid out like this one.</summary>
    /// <param name="buffer">[P].</param>
    /// <param name="slice">The place.</param>
    /// <returns>[slice.Length], sharing the buffer's memory; the caller's dispose scope owns it.</returns>
    public static Tensor Window(Tensor buffer, ParameterSlice slice) => buffer.narrow(0, slice.Offset, slice.Length);

    private static Tensor Window(Tensor buffer, ParameterSlice slice, long[] shape) => shape is [var o, var i, var h, var w]
        ? Window(buffer, slice).view(o, h, w, i).permute(0, 3, 1, 2)
        : Window(buffer, slice).view(shape);

    /// <inheritdoc/>
    public void Dispose()
    {
        _windows.ForEach(w => w.Dispose());
        Values.Dispose();
        Gradients.Dispose();
    }
}
