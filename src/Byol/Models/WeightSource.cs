using Byol.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Models;

/// <summary>Where initial weights come from: with views, epoch order and draws of labels the only random numbers
/// there are.</summary>
/// <param name="seed">Equal seeds draw equal weights, whatever the device: they are drawn on the processor and then moved.</param>
/// <param name="device">Where the weights live.</param>
/// <param name="type">What the master weights are kept in: fp32, or fp64 to compare with another implementation to the last digits.</param>
public sealed class WeightSource(ulong seed, Device device, ScalarType type = ScalarType.Float32) : IDisposable
{
    private readonly Generator _random = Seeded(seed);

    /// <summary>Draws from a normal distribution of mean 0.</summary>
    /// <param name="shape">Shape of the tensor.</param>
    /// <param name="standardDeviation">Its standard deviation.</param>
    /// <returns>Owned by the caller alone.</returns>
    public Tensor Normal(long[] shape, double standardDeviation)
    {
        using Scalar scale = standardDeviation;
        return Place(randn(shape, ScalarType.Float32, generator: _random).mul_(scale));
    }

    /// <summary>Draws uniformly from −bound to bound.</summary>
    /// <param name="shape">Shape of the tensor.</param>
    /// <param name="bound">The largest magnitude.</param>
    /// <returns>Owned by the caller alone.</returns>
    public Tensor Uniform(long[] shape, double bound)
    {
        using Scalar width = 2 * bound, offset = -bound, one = 1;
        return Place(rand(shape, ScalarType.Float32, generator: _random).mul_(width).add_(offset, one));
    }

    /// <summary>A vector of zeros.</summary>
    /// <param name="length">Its length.</param>
    public Tensor Zeros(long length) => Place(zeros(length, ScalarType.Float32));

    /// <summary>A vector of ones.</summary>
    /// <param name="length">Its length.</param>
    public Tensor Ones(long length) => Place(ones(length, ScalarType.Float32));

    // Every network begins here, and so libtorch is as we want it before the first computes.
    private static Generator Seeded(ulong seed)
    {
        TorchRuntime.Initialize();
        return new Generator(seed);
    }

    private Tensor Place(Tensor drawn) => drawn.to(type, device, disposeAfter: true).DetachFromDisposeScope();

    /// <inheritdoc/>
    public void Dispose() => _random.Dispose();
}
