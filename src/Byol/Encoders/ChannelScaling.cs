using Byol.TensorFiles;
using Byol.TensorFiles.Onnx;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>A product and a sum for each channel of an image: factor × x + offset.</summary>
/// <param name="Factor">By channel, in the order of the model.</param>
/// <param name="Offset">By channel.</param>
internal sealed record ChannelScaling(IReadOnlyList<double> Factor, IReadOnlyList<double> Offset)
{
    private const int Channels = 3;

    /// <summary>Leaves everything as it is.</summary>
    public static ChannelScaling None { get; } = new([1, 1, 1], [0, 0, 0]);

    /// <summary>Of what a model is given: scale × x, less the mean, over the standard deviation.</summary>
    public static ChannelScaling Of(ModelInput input)
    {
        var scaling = new ChannelScaling(
            [.. input.StandardDeviation.Select(s => input.Scale / s)], [.. input.Mean.Zip(input.StandardDeviation, (m, s) => -m / s)]);
        return input.Color == ColorOrder.Rgb ? scaling : scaling.Reversed();
    }

    /// <summary>With the last channel first.</summary>
    public ChannelScaling Reversed() => new([.. Factor.Reverse()], [.. Offset.Reverse()]);

    /// <summary>This, and then another.</summary>
    public ChannelScaling Then(ChannelScaling next) =>
        new([.. Factor.Zip(next.Factor, (a, b) => a * b)], [.. Offset.Zip(next.Factor, (o, f) => o * f).Zip(next.Offset, (a, b) => a + b)]);

    /// <summary>This, and then what a node of a graph does with a constant.</summary>
    /// <param name="model">The model.</param>
    /// <param name="node">Adds, subtracts, multiplies or divides.</param>
    /// <param name="value">The value that is scaled, one of the node's two inputs.</param>
    /// <exception cref="InvalidDataException">The node does something else.</exception>
    public ChannelScaling Then(OnnxModel model, OnnxNode node, string value)
    {
        var first = node.Inputs[0] == value;
        if (node.Inputs.Count != 2 || (!first && node.Operation is "Sub" or "Div")) throw Unknown(model, node);
        var constant = PerChannel(model, node, first ? 1 : 0);
        double[] one = [1, 1, 1], zero = [0, 0, 0];
        return Then(node.Operation switch
        {
            "Add" => new ChannelScaling(one, constant),
            "Sub" => new ChannelScaling(one, [.. constant.Select(c => -c)]),
            "Mul" => new ChannelScaling(constant, zero),
            _ => new ChannelScaling([.. constant.Select(c => 1 / c)], zero),
        });
    }

    private static double[] PerChannel(OnnxModel model, OnnxNode node, int place)
    {
        using var scope = NewDisposeScope();
        var values = OnnxTrunk.Constant(model, node, place).Read().to(ScalarType.Float64).flatten().data<double>().ToArray();
        double[] each = values.Length == 1 ? [values[0], values[0], values[0]] : values;
        var isUsable = each.Length == Channels && each.All(v => double.IsFinite(v) && (v > 0 || node.Operation is "Add" or "Sub"));
        return isUsable ? each : throw Unknown(model, node);
    }

    private static InvalidDataException Unknown(OnnxModel model, OnnxNode node) => new(
        $"{model.Path} does something else to the image before its first convolution ({node.Operation} "
        + $"{Printable.Of(node.Outputs[0])}) than to scale its channels by constants above 0; take that out of the model.");
}
