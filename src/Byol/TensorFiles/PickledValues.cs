using static TorchSharp.torch;

namespace Byol.TensorFiles;

// What a pickle of tensors may consist of, besides null, bool, long, double, string, object[] (a tuple) and List<object?>.

/// <summary>A class or function by its name. Nothing is ever called.</summary>
internal sealed record PickledGlobal(string Name);

/// <summary>A dictionary; only text makes a key that we look for, other keys are dropped with their values.</summary>
internal sealed class PickledDictionary
{
    public Dictionary<string, object?> Items { get; } = new(StringComparer.Ordinal);

    public void Set(object? key, object? value)
    {
        if (key is string text) Items[text] = value;
    }
}

/// <summary>The data of one or several tensors, by its key in the file.</summary>
internal sealed record PickledStorage(ScalarType Type, int ElementSize, string Key, long Count);

/// <summary>A view of a storage; offset and strides in elements.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);
