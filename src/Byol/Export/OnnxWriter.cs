using Byol.Encoders;
using Google.Protobuf;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Export;

/// <summary>Writes an encoder as one ONNX file: opset 17, BatchNorm folded into the convolutions, mean and standard deviation
/// inside.</summary>
/// <remarks>
/// Input <c>image</c> [batch,3,S,S] fp32 in [0,1]; outputs <c>embedding</c> [batch,D] and <c>embedding_normalized</c>, which has length 1.
/// The description stands in the model's metadata.
/// </remarks>
internal static class OnnxWriter
{
    /// <summary>Name of the input.</summary>
    internal const string Input = "image";

    /// <summary>Name of the output as the encoder gives it.</summary>
    internal const string Embedding = "embedding";

    /// <summary>Name of the output of length 1.</summary>
    internal const string Normalized = "embedding_normalized";

    private const float LeastNorm = 1e-12f;   // of torch.nn.functional.normalize: a vector of zeros stays one
    private const long IrVersion = 8, Opset = 17;
    private const long GraphBytes = 1 << 20;   // more than the graph without its weights takes

    /// <summary>Writes an encoder.</summary>
    /// <param name="stream">The stream or file to write to.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="description">The description for the file.</param>
    /// <exception cref="ArgumentException">The encoder is of a kind that cannot be written, or the file would be larger than 2 GiB, where
    /// the format ends.</exception>
    public static void Write(Stream stream, Module<Tensor, Tensor> encoder, EncoderDescription description)
    {
        RequireWithinFormat(WeightBytes(encoder));
        var graph = Graph(encoder, description);
        graph.Output(Normalized, "batch", description.Architecture.RepresentationSize);
        Write(stream, graph, description.ToMetadata());
    }

    /// <summary>Writes an encoder with a classifier on it.</summary>
    /// <param name="stream">The stream or file to write to.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="description">The description for the file.</param>
    /// <param name="head">The classifier.</param>
    /// <param name="metadata">The description of the classifier for the file.</param>
    /// <exception cref="ArgumentException">As for an encoder alone.</exception>
    internal static void Write(
        Stream stream, Module<Tensor, Tensor> encoder, EncoderDescription description, OnnxHead head,
        IReadOnlyDictionary<string, string> metadata)
    {
        RequireWithinFormat(WeightBytes(encoder) + head.Bytes);
        var graph = Graph(encoder, description);
        head.AddTo(graph);
        Write(stream, graph, description.ToMetadata().Concat(metadata));
    }

    /// <summary>Adds nodes that bring vectors to length 1.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="values">[n,D].</param>
    /// <param name="name">The name of the result.</param>
    /// <param name="prefix">What the names of the other nodes begin with.</param>
    /// <returns>The name of the result.</returns>
    internal static string Normalize(OnnxGraph graph, string values, string name, string prefix)
    {
        var norm = graph.Node("ReduceL2", prefix, [values], ("axes", new[] { 1L }), ("keepdims", 1L));
        var least = graph.Node("Clip", $"{prefix}.least", [norm, graph.Constant($"{prefix}.minimum", [LeastNorm])]);
        return graph.Node("Div", name, [values, least]);
    }

    // The encoder with its input, and the embedding as an output.
    private static OnnxGraph Graph(Module<Tensor, Tensor> encoder, EncoderDescription description)
    {
        var (size, dimension) = (description.Preprocessing.ImageSize, description.Architecture.RepresentationSize);
        var graph = new OnnxGraph();
        graph.Input(Input, "batch", 3, size, size);
        OnnxResNet.Add(graph, encoder, description);
        graph.Output(Embedding, "batch", dimension);
        return graph;
    }

    private static void Write(Stream stream, OnnxGraph graph, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var model = new ProtoMessage().Add(1, IrVersion).Add(2, "byol").Add(7, graph.Message)
            .Add(8, new ProtoMessage().Add(1, "").Add(2, Opset));
        foreach (var (key, value) in metadata) model.Add(14, new ProtoMessage().Add(1, key).Add(2, value));
        RequireWithinFormat(model.Size);
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        model.WriteTo(output);
    }

    /// <summary>Whether an encoder can be written and is small enough for one ONNX file, which ends at 2 GiB.</summary>
    /// <param name="encoder">The encoder.</param>
    public static bool Holds(Module<Tensor, Tensor> encoder) =>
        OnnxResNet.CanAdd(encoder) && WeightBytes(encoder) + GraphBytes <= int.MaxValue;

    private static long WeightBytes(Module<Tensor, Tensor> encoder) => encoder.parameters().Sum(p => p.numel()) * sizeof(float);

    internal static void RequireWithinFormat(long bytes)
    {
        if (bytes > int.MaxValue)
        {
            throw new ArgumentException(
                $"The encoder has {bytes} bytes, and an ONNX file ends at 2 GiB; write a .safetensors or .pt file instead.");
        }
    }
}
