using Byol.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Models;

/// <summary>The source of initial weights. Views, epoch order and draws of labels are the only other random numbers.</summary>
/// <param name="seed">Equal seeds draw equal weights on any device: they are drawn on the processor and then moved.</param>
/// <param name="device">The device of the weights.</param>
/// <param name="type">The type of the master weights: fp32, or fp64 to compare with another implementation to the last digits.</param>
public sealed class WeightSource(ulong seed, Device device, ScalarType type = ScalarType.Float32) : IDisposable
{
    private readonly Generator _random = Seeded(seed);

    /// <summary>Draws from a normal distribution of mean 0.</summary>
    /// <param name="shape">Shape of the tensor.</param>
    /// <param name="standardDeviation">Its standard deviation.</param>
    /// <returns>A tensor that the caller owns.</returns>
    public Tensor Normal(long[] shape, double standardDeviation)
    {
        using Scalar scale = standardDeviation;
        return Place(randn(shape, ScalarType.Float32, generator: _random).mul_(scale));
    }

    /// <summary>Draws uniformly from −bound to bound.</summary>
    /// <param name="shape">Shape of the tensor.</param>
    /// <param name="bound">The largest magnitude.</param>
    /// <returns>A tensor that the caller owns.</returns>
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
    internal Tensor Ones(long length) => Place(ones(length, ScalarType.Float32));

    // Every network begins here, so libtorch is configured before the first one computes.
    private static Generator Seeded(ulong seed)
    {
        TorchRuntime.Initialize();
        return new Generator(seed);
    }

    private Tensor Place(Tensor drawn) => drawn.to(type, device, disposeAfter: true).DetachFromDisposeScope();

    /// <inheritdoc/>
    public void Dispose() => _random.Dispose();
}
