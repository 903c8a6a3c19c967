using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Export;

/// <summary>A residual network as ONNX nodes, in the order of <see cref="ResNet.forward"/>.</summary>
internal sealed class OnnxResNet
{
    private const float LeastNorm = 1e-12f;   // of torch.nn.functional.normalize: a vector of zeros stays one

    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, Tensor> _weights;

    private OnnxResNet(OnnxGraph graph, ResNet network) =>
        (_graph, _weights) = (graph, EncoderFile.Tensors(network).ToDictionary(t => t.Name, t => t.Value));

    /// <summary>Adds everything between the declared input and outputs.</summary>
    public static void Add(OnnxGraph graph, ResNet network, Preparation preparation)
    {
        using var _ = no_grad();
        new OnnxResNet(graph, network).Add(network.Options, preparation);
    }

    private void Add(EncoderOptions options, Preparation preparation)
    {
        var h = Normalize(OnnxWriter.Input, preparation);
        h = Relu(Convolve(h, "conv1", "bn1", options.Stem == Stem.Small ? 1 : 2));
        if (options.Stem == Stem.ImageNet)
            h = _graph.Node("MaxPool", "maxpool", [h], ("kernel_shape", Pair(3)), ("strides", Pair(2)), ("pads", Pads(1)));
        for (var stage = 0; stage < 4; stage++)
        {
            for (var block = 0; block < ResNet.Blocks[options.Depth][stage]; block++)
                h = Block(h, $"layer{stage + 1}.{block}.", options.Depth >= 50 ? 3 : 2, stride: block == 0 && stage > 0 ? 2 : 1);
        }
        h = _graph.Node("GlobalAveragePool", "avgpool", [h]);
        h = _graph.Node("Flatten", OnnxWriter.Embedding, [h], ("axis", 1L));
        var norm = _graph.Node("ReduceL2", "norm", [h], ("axes", new[] { 1L }), ("keepdims", 1L));
        var least = _graph.Node("Clip", "norm.least", [norm, _graph.Constant("norm.minimum", [LeastNorm])]);
        _graph.Node("Div", OnnxWriter.Normalized, [h, least]);
    }

    // Not folded into the first convolution: its padding is zeros of the normalised image.
    private string Normalize(string image, Preparation preparation)
    {
        var centred = _graph.Node("Sub", "centred", [image, PerChannel("mean", preparation.Mean)]);
        return _graph.Node("Div", "normalized", [centred, PerChannel("standard_deviation", preparation.StandardDeviation)]);
    }

    private string Block(string x, string prefix, int convolutions, int stride)
    {
        var h = x;
        for (var i = 1; i <= convolutions; i++)
        {
            // The first 3x3 carries the stride: of two the first, of three the second.
            h = Convolve(h, $"{prefix}conv{i}", $"{prefix}bn{i}", i == convolutions - 1 ? stride : 1);
            if (i < convolutions) h = Relu(h);
        }
        var shortcut = _weights.ContainsKey($"{prefix}downsample.0.weight")
            ? Convolve(x, $"{prefix}downsample.0", $"{prefix}downsample.1", stride) : x;
        return Relu(_graph.Node("Add", $"{prefix}add", [h, shortcut]));
    }

    private string Relu(string x) => _graph.Node("Relu", $"{x}.relu", [x]);

    private string Convolve(string x, string convolution, string norm, long stride)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = BatchNormFolding.Fold(_weights, convolution, norm);
        var shape = weight.shape;
        return _graph.Node("Conv", convolution,
            [x, _graph.Constant($"{convolution}.weight", Floats(weight), shape),
                _graph.Constant($"{convolution}.bias", Floats(bias), shape[0])],
            ("kernel_shape", Pair(shape[2])), ("strides", Pair(stride)), ("pads", Pads(shape[2] / 2)));
    }

    private static float[] Floats(Tensor value) => value.to(ScalarType.Float32, CPU).contiguous().data<float>().ToArray();

    private string PerChannel(string name, IReadOnlyList<double> values) =>
        _graph.Constant(name, [.. values.Select(v => (float)v)], 1, 3, 1, 1);

    private static long[] Pair(long value) => [value, value];

    private static long[] Pads(long value) => [value, value, value, value];
}
