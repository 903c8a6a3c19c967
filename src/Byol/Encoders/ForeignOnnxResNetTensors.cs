using Byol.Models;
using Byol.Models.ResNet;
using Byol.TensorFiles;
using Byol.TensorFiles.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>The constants of an ONNX graph as tensors of a residual network: biases and other epsilons become part of its BatchNorms, and
/// the first convolution takes the colors as we have them.</summary>
/// <param name="model">The model.</param>
/// <param name="factor">Of the first convolution's input channels, in our order.</param>
/// <param name="reverses">Whether the model takes blue first.</param>
internal sealed class ForeignOnnxResNetTensors(OnnxModel model, double[] factor, bool reverses)
{
    private static readonly string[] NormTensors = ["weight", "bias", "running_mean", "running_var"];    // inputs 1 to 4 of the node

    private readonly Dictionary<string, (long[] Shape, Func<Tensor> Read)> _tensors = new(StringComparer.Ordinal);

    /// <summary>Names of all tensors.</summary>
    public IEnumerable<string> Names => _tensors.Keys;

    /// <summary>The shape of one.</summary>
    public IReadOnlyList<long> Shape(string name) => _tensors[name].Shape;

    /// <summary>Reads one; the caller's dispose scope owns it.</summary>
    public Tensor Read(string name) => _tensors[name].Read();

    /// <summary>Takes a convolution and what follows it.</summary>
    /// <param name="plan">What it must be.</param>
    /// <param name="found">What it is.</param>
    /// <exception cref="InvalidDataException">It is another; the message says how.</exception>
    public void Add(PlannedConvolution plan, OnnxConvolution found)
    {
        var weight = Weight(model, found);
        var node = found.Node;
        if (node.Whole("strides", 1, 1) is not [var down, var right] || down != plan.Stride || right != plan.Stride
            || !OnnxPads.Fit(node, plan.Kernel, plan.Stride)
            || node.Whole("group", 1) is not [1] || node.Whole("dilations", 1, 1) is not [1, 1])
        {
            throw Unknown(model,
                $"a convolution ({Printable.Of(node.Outputs[0])}) where {plan.Name} is needed, which has stride {plan.Stride}, padding "
                + $"{plan.Kernel / 2}, one group and no dilation");
        }
        var isFirst = plan.Name == "conv1";
        _tensors[$"{plan.Name}.weight"] = ([.. weight.Shape], () => isFirst ? First(weight.Read()) : weight.Read());
        var bias = node.Inputs.Count > 2 && node.Inputs[2].Length > 0 ? OnnxTrunk.Constant(model, node, 2) : null;
        if (bias is not null && (bias.Shape is not [var length] || length != plan.Out))
            throw Unknown(model, $"a bias of shape [{string.Join(',', bias.Shape)}] at {plan.Name}");
        if (found.Norm is { } norm) AddNorm(plan, norm, bias);
        else AddUnitNorm(plan, bias);
    }

    /// <summary>The weights of a convolution.</summary>
    /// <exception cref="InvalidDataException">They are not constant, or not of two dimensions of space.</exception>
    public static OnnxTensor Weight(OnnxModel model, OnnxConvolution convolution)
    {
        var weight = OnnxTrunk.Constant(model, convolution.Node, 1);
        return weight.Shape.Count == 4 ? weight : throw Unknown(model, $"a convolution whose weights have {weight.Shape.Count} dimensions");
    }

    /// <summary>What is said of a network of another kind.</summary>
    public static InvalidDataException Unknown(OnnxModel model, string how) =>
        new($"{model.Path} has {how}; use a ResNet of torchvision's kind.");

    // A bias of the convolution only moves what its BatchNorm sees; another epsilon is a part of the variance.
    private void AddNorm(PlannedConvolution plan, OnnxNode norm, OnnxTensor? bias)
    {
        var more = norm.Number("epsilon", 1e-5f) - (double)(float)BatchNorm.Epsilon;
        foreach (var (i, name) in NormTensors.Index())
        {
            var constant = OnnxTrunk.Constant(model, norm, i + 1);
            Func<Tensor> read = name switch
            {
                "running_mean" when bias is not null => () => Sum(constant.Read(), bias.Read(), -1),
                "running_var" when more != 0 => () => Sum(constant.Read(), ones([.. constant.Shape]), more),
                _ => constant.Read,
            };
            _tensors[$"{plan.Norm}.{name}"] = ([.. constant.Shape], read);
        }
    }

    private void AddUnitNorm(PlannedConvolution plan, OnnxTensor? bias)
    {
        long[] shape = [plan.Out];
        _tensors[$"{plan.Norm}.weight"] = (shape, () => Sum(zeros(shape), ones(shape), Math.Sqrt(1 + BatchNorm.Epsilon)));
        _tensors[$"{plan.Norm}.bias"] = (bias is null ? shape : [.. bias.Shape], () => bias?.Read() ?? zeros(shape));
        _tensors[$"{plan.Norm}.running_mean"] = (shape, () => zeros(shape));
        _tensors[$"{plan.Norm}.running_var"] = (shape, () => ones(shape));
    }

    private Tensor First(Tensor weight)
    {
        var ours = reverses ? weight.flip(1) : weight;         // [O,3,k,k]
        return factor.All(f => f == 1) ? ours : ours.mul(tensor(factor).reshape(1, -1, 1, 1)).to(ScalarType.Float32);
    }

    private static Tensor Sum(Tensor a, Tensor b, double factor)
    {
        using Scalar scale = factor;
        return a.add(b, scale);
    }
}
