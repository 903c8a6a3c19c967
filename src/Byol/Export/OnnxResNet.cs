using Byol.Encoders;
using Byol.Models.ResNet;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Export;

/// <summary>A residual network as ONNX nodes, in the order of the network's own pass.</summary>
internal sealed class OnnxResNet
{
    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, Tensor> _weights;

    private OnnxResNet(OnnxGraph graph, ResNet network) =>
        (_graph, _weights) = (graph, EncoderFile.Tensors(network).ToDictionary(t => t.Name, t => t.Value));

    /// <summary>Whether an encoder is a residual network.</summary>
    public static bool CanAdd(Module encoder) => encoder is ResNet;

    /// <summary>Adds everything between the declared input and outputs.</summary>
    /// <exception cref="ArgumentException">The encoder is not a residual network.</exception>
    public static void Add(OnnxGraph graph, Module encoder, EncoderDescription description)
    {
        if (encoder is not ResNet network)
        {
            throw new ArgumentException(
                $"Encoder {description.Architecture.Title} cannot be written as ONNX, only residual networks can; write it as safetensors.");
        }
        using var _ = no_grad();
        new OnnxResNet(graph, network).Add(network.Plan, description.Preprocessing);
    }

    private void Add(ResNetPlan plan, Preprocessing preprocessing)
    {
        var h = Normalize(OnnxWriter.Input, preprocessing);
        h = Relu(Convolve(h, plan.Stem));
        if (plan.Pools)
            h = _graph.Node("MaxPool", "maxpool", [h], ("kernel_shape", Pair(3)), ("strides", Pair(2)), ("pads", Pads(1)));
        foreach (var (i, stage) in plan.Stages.Index())
        {
            foreach (var (j, block) in stage.Index()) h = Block(h, $"layer{i + 1}.{j}.", block);
        }
        h = Pool(h, plan.Pooling);
        h = _graph.Node("Flatten", OnnxWriter.Embedding, [h], ("axis", 1L));
        OnnxWriter.Normalize(_graph, h, OnnxWriter.Normalized, "norm");
    }

    private string Pool(string map, SpatialPooling pooling)
    {
        var mean = _graph.Node("GlobalAveragePool", "avgpool", [map]);
        return pooling == SpatialPooling.Mean ? mean
            : _graph.Node("Concat", "pooled", [mean, _graph.Node("GlobalMaxPool", "maxpool.last", [map])], ("axis", 1L));
    }

    // Not folded into the first convolution: its padding is zeros of the normalized image.
    private string Normalize(string image, Preprocessing preprocessing)
    {
        var centered = _graph.Node("Sub", "centered", [image, PerChannel("mean", preprocessing.Mean)]);
        return _graph.Node("Div", "normalized", [centered, PerChannel("standard_deviation", preprocessing.StandardDeviation)]);
    }

    private string Block(string x, string prefix, PlannedBlock block)
    {
        var h = Convolve(x, block.Branch[0]);
        foreach (var convolution in block.Branch.Skip(1)) h = Convolve(Relu(h), convolution);
        var shortcut = block.Shortcut is { } projection ? Convolve(x, projection) : x;
        return Relu(_graph.Node("Add", $"{prefix}add", [h, shortcut]));
    }

    private string Relu(string x) => _graph.Node("Relu", $"{x}.relu", [x]);

    private string Convolve(string x, PlannedConvolution plan)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = BatchNormFolding.Fold(_weights, plan.Name, plan.Norm);
        var shape = weight.shape;
        return _graph.Node("Conv", plan.Name,
            [x, _graph.Constant($"{plan.Name}.weight", Floats(weight), shape),
                _graph.Constant($"{plan.Name}.bias", Floats(bias), shape[0])],
            ("kernel_shape", Pair(plan.Kernel)), ("strides", Pair(plan.Stride)), ("pads", Pads(plan.Kernel / 2)));
    }

    private static float[] Floats(Tensor value) => value.to(ScalarType.Float32, CPU).contiguous().data<float>().ToArray();

    private string PerChannel(string name, IReadOnlyList<double> values) =>
        _graph.Constant(name, [.. values.Select(v => (float)v)], 1, 3, 1, 1);

    private static long[] Pair(long value) => [value, value];

    private static long[] Pads(long value) => [value, value, value, value];
}
