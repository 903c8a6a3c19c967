using Byol.Encoders;
using Byol.Export;
using Byol.Models.ResNet;
using Google.Protobuf;
using static TorchSharp.torch;

namespace Byol.Tests.Export;

/// <summary>ONNX models that tests make of a few nodes.</summary>
internal static class MadeOnnx
{
    /// <summary>Writes a graph as a model.</summary>
    public static string Write(string path, OnnxGraph graph, params (string Key, string Value)[] metadata)
    {
        var model = new ProtoMessage().Add(1, 8L).Add(2, "test").Add(7, graph.Message).Add(8, new ProtoMessage().Add(1, "").Add(2, 17L));
        foreach (var (key, value) in metadata) model.Add(14, new ProtoMessage().Add(1, key).Add(2, value));
        using var stream = File.Create(path);
        using var output = new CodedOutputStream(stream);
        model.WriteTo(output);
        return path;
    }
}

/// <summary>A residual network as other programs export it: BatchNorms as nodes of their own, weights under names that say
/// nothing.</summary>
internal sealed record UnfoldedResNet(ResNet Network)
{
    private OnnxGraph _graph = new();
    private readonly Dictionary<string, Tensor> _tensors = EncoderFile.Tensors(Network).ToDictionary(t => t.Name, t => t.Value);
    private int _named;

    /// <summary>The projection before the branch, as CNTK writes it, or behind it, as PyTorch does.</summary>
    public bool ShortcutFirst { get; init; }

    /// <summary>Pads of strided layers are left out behind the last row and column.</summary>
    public bool TrimsPads { get; init; }

    /// <summary>Convolutions have a bias, which their BatchNorm takes away again.</summary>
    public bool Biased { get; init; }

    /// <summary>Of BatchNorm; variances are so that the function stays.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Blue first, 0 to 255.</summary>
    public bool Bgr255 { get; init; }

    /// <summary>Weights go through a node that hands them on.</summary>
    public bool Identities { get; init; }

    /// <summary>Normalizes in the graph: mean and standard deviation.</summary>
    public (float[] Mean, float[] Deviation)? Normalizes { get; init; }

    /// <summary>Changes the attributes of one convolution.</summary>
    public (string Convolution, string Attribute, long[] Value)? Fault { get; init; }

    /// <summary>What stands where a ReLU is expected.</summary>
    public string Activation { get; init; } = "Relu";

    /// <summary>What pools at the end.</summary>
    public string Pooling { get; init; } = "GlobalAveragePool";

    /// <summary>A classifier behind the pooling.</summary>
    public bool Classifies { get; init; }

    /// <summary>A second input.</summary>
    public bool TwoInputs { get; init; }

    public string Write(string path, object batch, int size)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        (_graph, _named) = (new OnnxGraph(), 0);
        _graph.Input("data", batch, 3, size, size);
        if (TwoInputs) _graph.Input("more", batch, 3, size, size);
        var h = "data";
        if (Normalizes is (var mean, var deviation))
        {
            h = _graph.Node("Sub", Name(), [h, _graph.Constant(Name(), mean, 1, 3, 1, 1)]);
            h = _graph.Node("Div", Name(), [h, _graph.Constant(Name(), deviation, 3, 1, 1)]);
        }
        h = Relu(Convolve(h, Network.Plan.Stem));
        if (Network.Plan.Pools)
            h = _graph.Node("MaxPool", Name(), [h], ("kernel_shape", new[] { 3L, 3 }), ("strides", new[] { 2L, 2 }), ("pads", Pads(1, 2)));
        foreach (var block in Network.Plan.Blocks) h = Block(h, block);
        h = _graph.Node(Pooling, Name(), [h]);
        h = _graph.Node("Flatten", "features", [h], ("axis", 1L));
        _graph.Output("features", batch, Network.Plan.RepresentationSize);
        if (Classifies)
        {
            var weight = new float[10 * Network.Plan.RepresentationSize];
            _graph.Node("Gemm", "scores", [h, _graph.Constant(Name(), weight, 10, Network.Plan.RepresentationSize)], ("transB", 1L));
        }
        return MadeOnnx.Write(path, _graph);
    }

    private string Block(string x, PlannedBlock block)
    {
        var shortcut = ShortcutFirst && block.Shortcut is { } first ? Convolve(x, first) : null;
        var h = Convolve(x, block.Branch[0]);
        foreach (var convolution in block.Branch.Skip(1)) h = Convolve(Relu(h), convolution);
        shortcut ??= block.Shortcut is { } last ? Convolve(x, last) : x;
        return Relu(_graph.Node("Add", Name(), [h, shortcut]));
    }

    private string Convolve(string x, PlannedConvolution plan)
    {
        var weight = _tensors[$"{plan.Name}.weight"];
        if (Bgr255 && plan.Name == "conv1") weight = weight.flip(1).div(255);
        var bias = arange(plan.Out).to(ScalarType.Float32).mul(0.01);
        string[] inputs = [x, Constant(weight), .. Biased ? (string[])[Constant(bias)] : []];
        var strides = ("strides", (object)new[] { (long)plan.Stride, plan.Stride });
        var pads = ("pads", (object)Pads(plan.Kernel / 2, plan.Stride));
        if (Fault is (var at, var attribute, var value) && at == plan.Name)
        {
            if (attribute == "strides") strides.Item2 = value;
            if (attribute == "pads") pads.Item2 = value;
        }
        var h = _graph.Node("Conv", Name(), inputs, ("kernel_shape", new[] { (long)plan.Kernel, plan.Kernel }), strides, pads);
        var mean = _tensors[$"{plan.Norm}.running_mean"];
        return _graph.Node("BatchNormalization", Name(),
            [h, Constant(_tensors[$"{plan.Norm}.weight"]), Constant(_tensors[$"{plan.Norm}.bias"]), Constant(Biased ? mean + bias : mean),
                Constant(_tensors[$"{plan.Norm}.running_var"] + (1e-5 - Epsilon))], ("epsilon", Epsilon));
    }

    private string Relu(string x) => _graph.Node(Activation, Name(), [x]);

    private string Constant(Tensor value)
    {
        var name = _graph.Constant(Name(), value.to(ScalarType.Float32).contiguous().data<float>().ToArray(), value.shape);
        return Identities ? _graph.Node("Identity", Name(), [name]) : name;
    }

    private long[] Pads(long pad, long stride)
    {
        var behind = TrimsPads ? Math.Max(0, pad - stride + 1) : pad;
        return [pad, pad, behind, behind];
    }

    private string Name() => $"v{_named++}";
}
