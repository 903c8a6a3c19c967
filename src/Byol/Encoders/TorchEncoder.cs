using System.Runtime.InteropServices;
using Byol.Interop;
using Byol.Models;
using Byol.Models.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>An encoder that libtorch runs.</summary>
internal sealed class TorchEncoder : IImageEncoder
{
    private const int CheckedBatch = 64;     // that of a pass over a dataset

    private readonly OpenedEncoder _source;
    private readonly IInferenceNetwork _network;
    private readonly Device _device;
    private readonly bool _leavesOpen;
    private readonly ScalarType _type;
    private readonly Tensor _scale, _shift;   // [1,3,1,1]

    /// <summary>Takes over an encoder.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="precision">The type to compute in.</param>
    /// <param name="device">Its device.</param>
    /// <param name="leaveOpen">Whether the encoder outlives this; otherwise it is disposed with it.</param>
    /// <exception cref="ArgumentException">The encoder does not support this precision.</exception>
    /// <exception cref="NumericsException">libtorch computes a layer wrongly on this processor, and no workaround helps.</exception>
    public TorchEncoder(string name, OpenedEncoder encoder, Precision precision, Device device, bool leaveOpen = false)
    {
        var (architecture, preprocessing) = (encoder.Description.Architecture, encoder.Description.Preprocessing);
        architecture.Require(precision);
        (Name, _source, _device, _leavesOpen) = (name, encoder, device, leaveOpen);
        _type = architecture.ComputeType(precision, device);
        CudaMath.Prepare(device, precision == Precision.Float32);
        NumericsCheck.Require(
            architecture.LayerShapes(preprocessing.ImageSize, CheckedBatch, _type, withGradients: false), device, withGradients: false);
        _network = encoder.Network is IFoldable foldable ? foldable.Fold(_type) : new UnfoldedNetwork(encoder.Network);
        _scale = PerChannel(preprocessing.StandardDeviation.Select(s => 1 / s));
        _shift = PerChannel(preprocessing.Mean.Zip(preprocessing.StandardDeviation, (m, s) => -m / s));
    }

    /// <summary>Opens an encoder's file.</summary>
    /// <param name="path">safetensors or a file of PyTorch, see <see cref="EncoderFile.Open"/>.</param>
    /// <param name="precision">The type to compute in.</param>
    /// <param name="device">The device to compute on.</param>
    /// <exception cref="InvalidDataException">The file is damaged or holds no encoder.</exception>
    public static TorchEncoder Open(string path, Precision precision, Device device)
    {
        var opened = EncoderFile.Open(path, device);
        try
        {
            return new TorchEncoder(path, opened, precision, device);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>The weights are hashed when it is first asked for, if nothing says their digest.</remarks>
    public EncoderDescription Description => field ??= _source.Description.Weights is not null ? _source.Description
        : _source.Description.With(WeightsDigest.Of(EncoderFile.Tensors(_source.Network)));

    /// <inheritdoc/>
    public int Dimension => (int)_source.Description.Architecture.RepresentationSize;

    /// <inheritdoc/>
    public Preprocessing Preprocessing => _source.Description.Preprocessing;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings)
    {
        Preprocessing.Require(images.Length, count, embeddings.Length, Dimension);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using Scalar one = 1;
        var x = ViewTensors.From(images, count, Preprocessing.ImageSize, _device, ScalarType.Float32);   // [n,3,S,S]
        var normalized = x.mul_(_scale).add_(_shift, one).to(_type);
        // One small image alone goes to libtorch's own kernels, which are slower than oneDNN's: two, then.
        var batch = count == 1 ? cat([normalized, normalized], 0) : normalized;
        var y = _network.Forward(batch).narrow(0, 0, count).to(ScalarType.Float32, CPU).contiguous();   // [n,D]
        var rows = MemoryMarshal.Cast<byte, float>(y.bytes);
        NonFiniteEmbeddingException.ThrowIfAny(rows, Dimension);
        rows.CopyTo(embeddings);
    }

    private Tensor PerChannel(IEnumerable<double> values)
    {
        using var scope = NewDisposeScope();
        return tensor(values.Select(v => (float)v).ToArray()).reshape(1, 3, 1, 1).to(_device).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_leavesOpen) _source.Dispose();
        _network.Dispose();
        _scale.Dispose();
        _shift.Dispose();
    }

    // A network without a faster form runs as it is.
    private sealed class UnfoldedNetwork(nn.Module<Tensor, Tensor> network) : IInferenceNetwork
    {
        public Tensor Forward(Tensor x)
        {
            using var _ = no_grad();
            network.eval();
            return network.forward(x);
        }

        // The source is disposed by its owner.
        public void Dispose()
        {
        }
    }
}
