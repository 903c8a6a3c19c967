using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Export;

/// <summary>Encoders in files: written as safetensors or for PyTorch with all that is needed to use them; read from these and from files
/// that others wrote.</summary>
public static class EncoderFile
{
    /// <summary>Writes an encoder as safetensors: parameters and BatchNorm statistics under torchvision's names.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="preprocessing">What its input must be.</param>
    /// <param name="recipe">The recipe that trained it, as TOML, if it is known.</param>
    public static void Write(Stream stream, ResNet encoder, Preprocessing preprocessing, string? recipe = null)
    {
        var tensors = Tensors(encoder).ToList();
        Safetensors.Write(stream, tensors, Describe(encoder, tensors, preprocessing, recipe).ToMetadata());
    }

    /// <summary>Writes an encoder as a state dictionary that <c>torch.load</c> reads.</summary>
    /// <param name="stream">Where to; it must be able to seek.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="preprocessing">What its input must be.</param>
    /// <param name="recipe">The recipe that trained it, as TOML, if it is known.</param>
    public static void WritePyTorch(Stream stream, ResNet encoder, Preprocessing preprocessing, string? recipe = null)
    {
        var tensors = Tensors(encoder).ToList();
        TorchWriter.Write(stream, tensors, Describe(encoder, tensors, preprocessing, recipe).ToMetadata());
    }

    /// <summary>Reads an encoder; it comes in evaluation mode.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where it shall live.</param>
    /// <exception cref="InvalidDataException">The file is damaged or holds no encoder.</exception>
    public static (ResNet Encoder, Preprocessing Preprocessing) Read(string path, Device device)
    {
        var opened = Open(path, device);
        return (opened.Network, opened.Description.Preprocessing);
    }

    /// <summary>Opens an encoder with all that its file says of it; it comes in evaluation mode.</summary>
    /// <param name="path">safetensors or a file of <c>torch.save</c>, told apart by their content, of ours or of others.</param>
    /// <param name="device">Where it shall live.</param>
    /// <param name="otherwise">Holds where the file does not describe itself: the preprocessing, and the stem where the first convolution is
    /// 3x3. Null prepares as for ImageNet: 224 px, or 32 where the first convolution is 3x3.</param>
    /// <exception cref="InvalidDataException">The file is damaged or holds no encoder.</exception>
    public static OpenedEncoder Open(string path, Device device, EncoderDescription? otherwise = null)
    {
        using ITensorFile file = TorchFile.IsOne(path) ? new TorchFile(path) : new SafetensorsFile(path);
        if (EncoderDescription.IsIn(file.Metadata))
        {
            var described = EncoderDescription.Parse(path, file.Metadata);
            Trunk.Require(file, described.Architecture, "", name => name, []);
            var (network, digest) = Build(file, described.Architecture, name => name, device);
            if ((described.Weights ?? digest) == digest) return new OpenedEncoder(network, described with { Weights = digest });
            network.Dispose();
            throw new InvalidDataException(
                $"{path} has weights that differ from those of its metadata (weights_sha256); use another copy of it.");
        }
        var found = ForeignEncoder.Find(file);
        var options = found.Architecture(file, otherwise?.Architecture.Stem is Stem.SmallStride2 ? Stem.SmallStride2 : Stem.Small);
        Trunk.Require(file, options, found.Prefix, Named, found.Passed);
        var (foreign, weights) = Build(file, options, Named, device);
        var used = Tensors(foreign).Select(t => found.Names[t.Name]).ToHashSet();
        var unused = file.Names.Where(n => !used.Contains(n) && !n.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .Select(Printable.Of).ToList();
        var preprocessing = otherwise?.Preprocessing ?? Preprocessing.OfImageNet(options.Stem == Stem.ImageNet ? 224 : 32);
        return new OpenedEncoder(foreign, new EncoderDescription(options, preprocessing) { Weights = weights })
        {
            Origin = new ForeignOrigin(Printable.Of(found.Prefix), used.Count, unused, [.. found.Passed.Select(Printable.Of)]),
        };

        string Named(string name) => found.Names.GetValueOrDefault(name, found.Prefix + name);
    }

    /// <summary>Parameters, then buffers, by name.</summary>
    /// <param name="module">Any module.</param>
    public static IEnumerable<(string Name, Tensor Value)> Tensors(Module module) =>
        module.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(module.named_buffers().Select(b => (b.name, b.buffer)));

    private static EncoderDescription Describe(
        ResNet encoder, IEnumerable<(string Name, Tensor Value)> tensors, Preprocessing preprocessing, string? recipe) =>
        new(encoder.Options, preprocessing) { Recipe = recipe, Weights = WeightsDigest.Of(tensors) };

    // Shapes are compared before the network is built: what a small file claims must not take memory.
    private static (ResNet Network, string Digest) Build(ITensorFile file, EncoderOptions options, Func<string, string> named,
        Device device)
    {
        var elements = 0L;
        foreach (var (name, shape) in ResNetShapes.Of(options))
        {
            var claimed = file.Shape(named(name));
            if (!claimed.SequenceEqual(shape))
            {
                throw new InvalidDataException(
                    $"{file.Path} is not a ResNet-{options.Depth} of width {options.Width}: tensor {named(name)} has shape "
                    + $"[{string.Join(',', claimed)}] where [{string.Join(',', shape)}] is needed; use another encoder.");
            }
            elements += shape.Aggregate(1L, (product, d) => product * d);
        }
        if (elements * 2 > new FileInfo(file.Path).Length)
            throw new InvalidDataException($"{file.Path} claims {elements} weights, more than its bytes hold; use another copy of it.");

        using var _ = no_grad();
        using var weights = new WeightSource(0, device);
        var network = new ResNet(options, weights);
        try
        {
            foreach (var (name, tensor) in Tensors(network)) Fill(tensor, file, named(name));
            network.eval();
            return (network, WeightsDigest.Of(Tensors(network)));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static void Fill(Tensor tensor, ITensorFile file, string name)
    {
        using var value = file.Read(name);
        if (!value.is_floating_point())
            throw new InvalidDataException($"{file.Path}: tensor {name} is of type {value.dtype}; weights must be floating point.");
        tensor.copy_(value);
        FiniteWeights.Require(file.Path, name, tensor);   // as they are used: fp64 may be too large for fp32
    }
}
