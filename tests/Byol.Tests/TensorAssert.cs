using static TorchSharp.torch;

namespace Byol.Tests;

/// <summary>What tests say about tensors, with the name of the tensor in the message.</summary>
internal static class TensorAssert
{
    /// <summary>Equal shapes, and ‖expected − actual‖ at most tolerance times ‖expected‖.</summary>
    public static void Close(Tensor expected, Tensor actual, double tolerance, string what)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var wanted = expected.detach().to(ScalarType.Float64);
        var distance = (wanted - actual.detach().to(ScalarType.Float64)).norm().item<double>();
        var size = wanted.norm().item<double>();
        Assert.True(distance <= tolerance * size + 1e-9, $"{what}: relative difference {distance / size:E2}");
    }

    /// <summary>Equal to the bit.</summary>
    public static void Same(Tensor expected, Tensor actual, string what)
    {
        using var scope = NewDisposeScope();
        Assert.True(expected.dtype == actual.dtype && expected.shape.SequenceEqual(actual.shape), $"{what}: another type or shape");
        Assert.True(Bytes(expected).AsSpan().SequenceEqual(Bytes(actual)), $"{what}: other bits");
    }

    /// <summary>The raw bytes in row-major order.</summary>
    public static byte[] Bytes(Tensor value)
    {
        using var scope = NewDisposeScope();
        // A tensor in channels-last order calls itself contiguous in that order: a copy through a flat view is in row-major order for
        // certain.
        return value.numel() == 0 ? [] : value.detach().cpu().contiguous().reshape(-1).clone().bytes.ToArray();
    }

    /// <summary>The values in row-major order.</summary>
    public static float[] Floats(Tensor value)
    {
        using var scope = NewDisposeScope();
        return value.detach().to(ScalarType.Float32, CPU).contiguous().reshape(-1).data<float>().ToArray();
    }

    /// <summary>Takes copies of named tensors, to compare with later.</summary>
    public static Dictionary<string, Tensor> Snapshot(IEnumerable<(string Name, Tensor Value)> tensors) =>
        tensors.ToDictionary(t => t.Name, t => t.Value.detach().clone());

    /// <summary>Every tensor has the bits that it had.</summary>
    public static void Unchanged(Dictionary<string, Tensor> before, IEnumerable<(string Name, Tensor Value)> now)
    {
        foreach (var (name, value) in now) Same(before[name], value, name);
    }
}
