using static TorchSharp.torch;

namespace Byol.TensorFiles;

/// <summary>The few names that a pickle of tensors refers to, and what each stands for here.</summary>
internal static class PickledCalls
{
    private const string Ordered = "collections.OrderedDict", Tensor = "torch._utils._rebuild_tensor_v2",
        Parameter = "torch._utils._rebuild_parameter",
        Size = "torch.Size";

    private static readonly Dictionary<string, (ScalarType Type, int Size)> Storages = new()
    {
        ["torch.FloatStorage"] = (ScalarType.Float32, 4), ["torch.DoubleStorage"] = (ScalarType.Float64, 8),
        ["torch.HalfStorage"] = (ScalarType.Float16, 2),
        ["torch.BFloat16Storage"] = (ScalarType.BFloat16, 2), ["torch.LongStorage"] = (ScalarType.Int64, 8),
        ["torch.IntStorage"] = (ScalarType.Int32, 4),
        ["torch.ShortStorage"] = (ScalarType.Int16, 2), ["torch.CharStorage"] = (ScalarType.Int8, 1),
        ["torch.ByteStorage"] = (ScalarType.Byte, 1),
        ["torch.BoolStorage"] = (ScalarType.Bool, 1),
    };

    /// <summary>A name, if it is one of the few.</summary>
    public static PickledGlobal Global(string name) => name is Ordered or Tensor or Parameter or Size || Storages.ContainsKey(name)
        ? new PickledGlobal(name)
        : throw new FormatException($"it refers to {Printable.Of(name)}, which tensors do not need");

    /// <summary>The storage that a persistent id names: its kind, class, key, device and number of elements.</summary>
    public static PickledStorage Storage(object? id)
    {
        // Files from before PyTorch 1.6 have a sixth part, a view of another storage, which newer tensors do not use.
        return id is object?[] and ["storage", PickledGlobal { Name: var name }, string key, string, long and >= 0 and var count,
            .. [] or [null]]
            && Storages.TryGetValue(name, out var kind) ? new PickledStorage(kind.Type, kind.Size, key, count) : throw Unfit("storage");
    }

    /// <summary>What a call of one of the names would make.</summary>
    public static object Call(object?[] call)
    {
        if (call is not [PickledGlobal { Name: var name }, object?[] arguments]) throw Unfit("call");
        return (name, arguments) switch
        {
            (Ordered, []) => new PickledDictionary(),
            (Size, [object?[] sizes]) => sizes,
            (Parameter, [PickledTensor tensor, ..]) => tensor,
            (Tensor, [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..]) =>
                new PickledTensor(storage, offset, Longs(shape), Longs(strides)),
            _ => throw Unfit(name),
        };
    }

    private static long[] Longs(object?[] values) => [.. values.Select(v => v is long number ? number : throw Unfit("tensor"))];

    private static FormatException Unfit(string what) => new($"it holds a {what} of an unknown form");
}
