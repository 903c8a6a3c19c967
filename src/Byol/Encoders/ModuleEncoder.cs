using System.Runtime.InteropServices;
using Byol.Data.Views;
using Byol.Interop;
using Byol.Models;
using Byol.Models.Numerics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Encoders;

/// <summary>An encoder that runs a network as it is, by libtorch and in evaluation mode: weights are not copied, so it also works while the
/// network is being trained. <see cref="TorchEncoder"/> is faster for embedding.</summary>
internal sealed class ModuleEncoder : IImageEncoder
{
    private readonly Module<Tensor, Tensor> _network;
    private readonly EncoderDescription _description;
    private readonly Device _device;
    private readonly ScalarType _type;
    private readonly bool _leavesOpen;
    private readonly ViewRenderer _renderer;
    private float[] _pixels = [];      // [n,S,S,3], normalized
    private int _checked;              // images of the largest batch whose layers were checked

    /// <summary>Wraps a network.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="network">f. Its mode is restored after each batch; no weight or buffer changes.</param>
    /// <param name="description">What it is, and what its input must be.</param>
    /// <param name="precision">The type to compute in.</param>
    /// <param name="device">Its device.</param>
    /// <param name="leaveOpen">Whether the network outlives this; otherwise it is disposed with it.</param>
    /// <exception cref="ArgumentException">The encoder does not support this precision.</exception>
    public ModuleEncoder(
        string name, Module<Tensor, Tensor> network, EncoderDescription description, Precision precision, Device device,
        bool leaveOpen = false)
    {
        description.Architecture.Require(precision);
        (Name, _network, _description, _device, _leavesOpen) = (name, network, description, device, leaveOpen);
        _type = description.Architecture.ComputeType(precision, device);
        _renderer = new ViewRenderer(Preprocessing.ToViews());
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>Null if nothing says the digest of the weights: a network that is being trained has none.</remarks>
    public EncoderDescription? Description => _description.Weights is null ? null : _description;

    /// <inheritdoc/>
    public int Dimension => (int)_description.Architecture.RepresentationSize;

    /// <inheritdoc/>
    public Preprocessing Preprocessing => _description.Preprocessing;

    /// <inheritdoc/>
    /// <exception cref="NumericsException">libtorch computes a layer wrongly on this processor, and no workaround helps.</exception>
    public void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings)
    {
        Preprocessing.Require(images.Length, count, embeddings.Length, Dimension);
        Check(count);
        Normalize(images, count);
        var wasTraining = _network.training;
        if (wasTraining) _network.eval();
        try
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var x = ViewTensors.From(_pixels, count, Preprocessing.ImageSize, _device, _type);     // [n,3,S,S]
            var y = _network.forward(x).to(ScalarType.Float32, CPU).contiguous();                  // [n,D]
            var rows = MemoryMarshal.Cast<byte, float>(y.bytes);
            NonFiniteEmbeddingException.ThrowIfAny(rows, Dimension);
            rows.CopyTo(embeddings);
        }
        finally
        {
            if (wasTraining) _network.train();
        }
    }

    // By the kernel that normalizes the views of training, image by image: to the bit as the network was trained.
    private void Normalize(ReadOnlySpan<float> images, int count)
    {
        var length = Preprocessing.ImageSize * Preprocessing.ImageSize * 3;
        if (_pixels.Length < count * length) _pixels = new float[count * length];
        images[..(count * length)].CopyTo(_pixels);
        for (var i = 0; i < count; i++) _renderer.Normalize(_pixels.AsSpan(i * length, length));
    }

    private void Check(int count)
    {
        if (count <= _checked) return;
        _checked = count;
        var layers = _description.Architecture.LayerShapes(Preprocessing.ImageSize, count, _type, withGradients: false);
        NumericsCheck.Require(layers, _device, withGradients: false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_leavesOpen) _network.Dispose();
    }
}
