using System.Security.Cryptography;
using Byol.Data.Datasets;
using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.TensorFiles.Onnx;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace Byol.OnnxRuntime;

/// <summary>An encoder that ONNX Runtime runs: written by Byol, or any model that takes an image.</summary>
public sealed class OnnxEncoder : IImageEncoder
{
    private const int Suggested = 8;      // values to name, the last ones: embeddings stand at the end

    private readonly ModelSession _session;
    private readonly ModelSignature _signature;
    private readonly ImageValues _values;

    private OnnxEncoder(string name, byte[] model, ModelInput? given)
    {
        Name = name;
        _session = new ModelSession(name, model);
        try
        {
            OnnxWeights.RequireFinite(name, model);
            if (EncoderDescription.IsIn(_session.Metadata))
            {
                if (given is not null)
                    throw new InvalidDataException($"{name} describes itself, and its input is given too; leave that out.");
                Description = Ours(EncoderDescription.Parse(name, _session.Metadata), model);
                Dimension = (int)Description.Architecture.RepresentationSize;
                _signature = ModelSignature.OfOurs(name, _session, Preprocessing.ImageSize, Dimension);
                _values = new ImageValues();
                return;
            }
            var input = given ?? ModelInput.ImageNet with { AssumesPixels = true };
            var graph = OnnxModel.Parse(name, model);
            _signature = ModelSignature.OfOthers(name, _session, input);
            if (!_session.Outputs.ContainsKey(_signature.Output)) _session = WithOutput(graph, model, _signature.Output);
            _values = new ImageValues(_signature.Layout, input);
            Dimension = Measure();
            Description = Theirs(input, model);
            Foreign = new ForeignModel(_signature.Describe(), _signature.Output, input.AssumesPixels, _signature.ScoredFrom(graph));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens a model: one that <see cref="OnnxExport"/> wrote, or any other that takes one image and gives a vector.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">The input of a model of another program, each <c>key=value</c> as in the file <c>NAME.onnx.toml</c> beside
    /// it, whose keys they override: <c>preset=mlnet</c>. The default is ImageNet's normalization.</param>
    /// <exception cref="InvalidDataException">It is damaged, a weight is not finite, or its input is not an image; or it describes itself
    /// and settings are given too.</exception>
    public static OnnxEncoder Open(string path, params IReadOnlyList<string> settings) => Open(path, ModelInputFile.Find(path, settings));

    /// <summary>Opens a model that is given what a record says.</summary>
    internal static OnnxEncoder Open(string path, ModelInput? input) => new(path, File.ReadAllBytes(path), input);

    /// <summary>Turns an opened encoder into the one that embeds fastest: ONNX Runtime in fp32 on a processor, where it was 5 to 35 %
    /// faster than libtorch (bench/results/amd-epyc-avx2/embed.md), and libtorch otherwise. The opened encoder must not be used
    /// afterwards.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="opened">The encoder.</param>
    /// <param name="precision">The type to compute in.</param>
    /// <param name="device">The device to compute on: where it was opened.</param>
    /// <exception cref="ArgumentException">The encoder does not support this precision.</exception>
    public static IImageEncoder Fastest(string name, OpenedEncoder opened, Precision precision, torch.Device device) =>
        device.type == DeviceType.CPU && OnnxWriter.Holds(opened.Network)
            && opened.Description.Architecture.ComputeType(precision, device) == torch.ScalarType.Float32
            ? Of(name, opened) : opened.ToImageEncoder(name, precision, device);

    /// <summary>Takes over an encoder's weights, by way of the model that would be exported.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="weights">The encoder; it is disposed.</param>
    /// <exception cref="ArgumentException">The encoder is of a kind that cannot be written as ONNX, or is too large for it.</exception>
    internal static OnnxEncoder Of(string name, OpenedEncoder weights)
    {
        using var model = new MemoryStream();
        using (weights) OnnxWriter.Write(model, weights.Network, weights.Description);
        return new OnnxEncoder(name, model.ToArray(), null);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public EncoderDescription Description { get; }

    /// <inheritdoc/>
    public int Dimension { get; }

    /// <inheritdoc/>
    public Preprocessing Preprocessing => Description.Preprocessing;

    /// <summary>How a model of another program is used, one line each: its input, its output, how images are prepared and what was assumed.
    /// Empty for a model that Byol wrote.</summary>
    public IReadOnlyList<string> Notes => Foreign is { } model ? model.Notes(this) : [];

    /// <summary>The same as data; null for a model that Byol wrote.</summary>
    internal ForeignModel? Foreign { get; }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> images, int count, Span<float> embeddings)
    {
        Preprocessing.Require(images.Length, count, embeddings.Length, Dimension);
        var (length, most) = (3 * _signature.ImageSize * _signature.ImageSize, _signature.Batch ?? count);
        for (var start = 0; start < count; start += most)
        {
            var some = Math.Min(most, count - start);
            using var outputs = Run(images.Slice(start * length, some * length), some);
            outputs[0].GetTensorDataAsSpan<float>()[..(some * Dimension)].CopyTo(embeddings[(start * Dimension)..]);
        }
        NonFiniteEmbeddingException.ThrowIfAny(embeddings[..(count * Dimension)], Dimension);
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(ReadOnlySpan<float> images, int count) =>
        _session.Run(_signature, _values, images, count, [_signature.Output]);

    // Shapes of outputs are not always in a model: one black image says it.
    private int Measure()
    {
        using var outputs = Run(new float[3 * _signature.ImageSize * _signature.ImageSize], 1);
        var shape = outputs[0].GetTensorTypeAndShape();
        if (shape.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float && shape.Shape is [var batch, .. var rest]
            && batch == (_signature.Batch ?? 1) && rest.Count(d => d != 1) <= 1 && rest.Length > 0)
        {
            return checked((int)rest.Aggregate(1L, (product, d) => product * d));
        }
        throw new InvalidDataException(
            $"{Name} gives {_signature.Output} of shape [{string.Join(',', shape.Shape)}] where a vector for each image, [n,D] in fp32, is "
            + $"needed; name another of its values: output = \"...\" in {Name}.toml.");
    }

    // Weights that are folded have another digest: the model says that of those which it was made from.
    private static EncoderDescription Ours(EncoderDescription said, byte[] model) => said.With(said.Weights ?? Digest(model));

    private EncoderDescription Theirs(ModelInput input, byte[] model) => new(
        new ForeignModelOptions { Dimension = Dimension, Output = _signature.Output, Color = $"{input.Color}" },
        input.Prepares(_signature.ImageSize)) { Weights = Digest(model) };

    private static string Digest(byte[] model) => Convert.ToHexStringLower(SHA256.HashData(model));

    private ModelSession WithOutput(OnnxModel graph, byte[] model, string output)
    {
        var values = graph.Nodes.SelectMany(n => n.Outputs).Concat(graph.Outputs.Select(o => o.Name)).ToList();
        if (!values.Contains(output))
            throw new InvalidDataException($"{Name} has no value {output}{NearestName.Suggest(output, values.TakeLast(Suggested))}");
        _session.Dispose();
        return new ModelSession(Name, OnnxOutput.Add(model, output));
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
