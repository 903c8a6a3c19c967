using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Interop;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.TensorFiles;
using Byol.TensorFiles.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>A residual network out of an ONNX graph, as a file of tensors under torchvision's names. What is given to the model becomes
/// what is given to our network: colors in our order and normalized, with the first convolution changed so that the features are the
/// same.</summary>
internal sealed class ForeignOnnxResNet : ITensorFile
{
    private static readonly string[] NormTensors = ["weight", "bias", "running_mean", "running_var"];    // inputs 1 to 4 of the node

    private const int MeasuredImages = 256, MeasuredAtOnce = 16;
    private const int UsualSize = 224;      // where nothing says it: a residual network takes any

    private readonly OnnxModel _model;
    private readonly Dictionary<string, (long[] Shape, Func<Tensor> Read)> _tensors = new(StringComparer.Ordinal);
    private readonly double[] _factor;      // of the first convolution's input channels, in our order
    private readonly bool _reverses;

    /// <summary>Finds the network.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">What it is given.</param>
    /// <exception cref="InvalidDataException">It is another network; the message says where it is another.</exception>
    public ForeignOnnxResNet(OnnxModel model, ModelInput input)
    {
        _model = model;
        var trunk = OnnxTrunk.Find(model);
        Architecture = Options(trunk);
        var plan = ResNetPlan.Of(Architecture);
        var (wanted, have) = (plan.Convolutions.Count(), trunk.Convolutions.Count());
        if (wanted != have) throw Unknown($"{have} convolutions, where a {Architecture.Title} has {wanted}");
        foreach (var (planned, found) in plan.Convolutions.Zip(trunk.Convolutions)) Add(planned, found);
        IsFolded = trunk.Convolutions.Any(c => c.Norm is null);
        _reverses = input.Color == ColorOrder.Bgr;
        (Preprocessing, _factor) = Prepare(input, trunk.Scaling, Size(model) ?? (input.ImageSize > 0 ? input.ImageSize : UsualSize));
    }

    /// <summary>Which network it is.</summary>
    public ResNetOptions Architecture { get; }

    /// <summary>What our network must be given.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Whether a BatchNorm was folded into its convolution: it then has statistics of nothing and the scale that undoes
    /// them.</summary>
    public bool IsFolded { get; }

    /// <inheritdoc/>
    public string Path => _model.Path;

    /// <inheritdoc/>
    public long Length => _model.Constants.Values.Sum(c => c.Elements) * sizeof(float);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => _model.FreeText;

    /// <inheritdoc/>
    public IEnumerable<string> Names => _tensors.Keys;

    /// <inheritdoc/>
    public IReadOnlyList<long> Shape(string name) => _tensors[name].Shape;

    /// <inheritdoc/>
    public Tensor Read(string name)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return _tensors[name].Read().MoveToOuterDisposeScope();
    }

    /// <summary>Builds it.</summary>
    /// <param name="preprocessing">What our network is given.</param>
    /// <param name="device">Where it shall live.</param>
    /// <param name="images">Images on which BatchNorms that were folded are measured; needed only if some were.</param>
    /// <exception cref="InvalidDataException">A constant is damaged or not finite, or BatchNorms are folded and there are no
    /// images.</exception>
    public OpenedEncoder Open(Preprocessing preprocessing, Device device, IDataset? images = null)
    {
        if (IsFolded && images is null)
        {
            throw new InvalidDataException(
                $"{Path} can be run, but its weights are folded: its BatchNorms are in its convolutions and it cannot be trained without "
                + "images to measure them on; give the run or the file that it was exported from.");
        }
        var (network, weights) = EncoderWeights.Read(this, Architecture, name => name, device);
        if (IsFolded)
        {
            MeasureNorms((ResNet)network, images!, preprocessing.ToViews(), device);
            weights = WeightsDigest.Of(EncoderFile.Tensors(network));
        }
        var used = EncoderFile.Tensors(network).Count();
        return new OpenedEncoder(network, new EncoderDescription(Architecture, preprocessing) { Weights = weights })
        {
            Origin = new ForeignOrigin("", used, [], [])
            {
                Assumption = !IsFolded ? null : $"its BatchNorms were folded into its convolutions; they are rebuilt by what it makes of "
                    + $"{Math.Min(MeasuredImages, images!.Count)} images",
            },
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static void MeasureNorms(ResNet network, IDataset images, ViewOptions views, Device device)
    {
        var (renderer, norms) = (new ViewRenderer(views), new FoldedNorms(network));
        var (count, length) = (Math.Min(images.Count, MeasuredImages), 3 * views.ImageSize * views.ImageSize);
        var (pixels, filled, seen) = (new float[MeasuredAtOnce * length], 0, 0);
        for (var i = 0; i < count; i++)
        {
            var place = (int)((long)i * images.Count / count);
            if (TryRead(images, place) is { } image)
            {
                var view = pixels.AsSpan(filled++ * length, length);
                renderer.RenderColors(image, ViewSampler.Center(views, image.SourceWidth, image.SourceHeight), view);
                renderer.Normalize(view);
            }
            if (filled == 0 || (filled < MeasuredAtOnce && i < count - 1)) continue;
            using var x = ViewTensors.From(pixels, filled, views.ImageSize, device, ScalarType.Float32);
            norms.Observe(x);
            (seen, filled) = (seen + filled, 0);
        }
        if (seen == 0) throw new InvalidDataException($"None of {count} images of {images.Name} can be read; give others.");
        norms.Rebuild();
    }

    // What cannot be read is named when it is trained on.
    private static Image8? TryRead(IDataset images, int index)
    {
        try
        {
            return images.Read(index);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static int? Size(OnnxModel model) => model.Inputs[0].Shape switch
    {
        [_, 3, var height and > 0, var width] when height == width => (int)height,
        _ => null,
    };

    // Divided by a standard deviation, whatever scale it had: a first layer that is given 0 to 255 learns 50,000 times as fast.
    private static (Preprocessing, double[]) Prepare(ModelInput input, ChannelScaling inGraph, int size)
    {
        var (given, usual, none) = (input.Prepares(size), Preprocessing.OfImageNet(size), new double[] { 1, 1, 1 });
        if (input.Scale == 1 && inGraph == ChannelScaling.None) return (given, none);
        var whole = ChannelScaling.Of(input).Then(inGraph);
        if (input.Color == ColorOrder.Bgr) whole = whole.Reversed();
        double[] mean = [.. whole.Offset.Zip(whole.Factor, (o, f) => -o / f)];
        return input.Scale == 1
            ? (given.With(mean: mean, standardDeviation: [.. whole.Factor.Select(f => 1 / f)]), none)
            : (given.With(mean: mean, standardDeviation: usual.StandardDeviation),
                [.. whole.Factor.Zip(usual.StandardDeviation, (f, s) => f * s)]);
    }

    private ResNetOptions Options(OnnxTrunk trunk)
    {
        var stem = Weight(trunk.Stem).Shape;
        var strides = trunk.Stem.Node.Whole("strides", 1, 1);
        var entry = (stem is [_, _, 7, 7], trunk.Pools, strides) switch
        {
            (true, true, [2, 2]) => Stem.ImageNet,
            (false, false, [1, 1]) => Stem.Small,
            (false, false, [2, 2]) => Stem.SmallStride2,
            _ => throw Unknown("an entry of another kind"),
        };
        // Channels that leave a block tell the stages apart.
        var leaving = trunk.Blocks.Select(b => Weight(b.Branch[^1]).Shape[0]).ToList();
        var blocks = leaving.Distinct().Select(channels => leaving.Count(l => l == channels)).ToArray();
        var branches = trunk.Blocks.Select(b => b.Branch.Count).Distinct().ToList();
        if (branches is not [2 or 3]) throw Unknown($"blocks of {string.Join(" and ", branches)} convolutions");
        var options = ResNetOptions.WithBlocks(blocks, branches[0] == 3, stem[0] / 64.0, entry);
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw Unknown($"another shape ({e.Message.TrimEnd('.')})");
        }
        return options;
    }

    private void Add(PlannedConvolution plan, OnnxConvolution found)
    {
        var weight = Weight(found);
        var node = found.Node;
        if (node.Whole("strides", 1, 1) is not [var down, var right] || down != plan.Stride || right != plan.Stride
            || !OnnxPads.Fit(node, plan.Kernel, plan.Stride)
            || node.Whole("group", 1) is not [1] || node.Whole("dilations", 1, 1) is not [1, 1])
        {
            throw Unknown(
                $"a convolution ({Printable.Of(node.Outputs[0])}) where {plan.Name} is needed, which has stride {plan.Stride}, padding "
                + $"{plan.Kernel / 2}, one group and no dilation");
        }
        var isFirst = plan.Name == "conv1";
        _tensors[$"{plan.Name}.weight"] = ([.. weight.Shape], () => isFirst ? First(weight.Read()) : weight.Read());
        var bias = node.Inputs.Count > 2 && node.Inputs[2].Length > 0 ? OnnxTrunk.Constant(_model, node, 2) : null;
        if (bias is not null && (bias.Shape is not [var length] || length != plan.Out))
            throw Unknown($"a bias of shape [{string.Join(',', bias.Shape)}] at {plan.Name}");
        if (found.Norm is { } norm) AddNorm(plan, norm, bias);
        else AddUnitNorm(plan, bias);
    }

    // A bias of the convolution only moves what its BatchNorm sees; another epsilon is a part of the variance.
    private void AddNorm(PlannedConvolution plan, OnnxNode norm, OnnxTensor? bias)
    {
        var more = norm.Number("epsilon", 1e-5f) - (double)(float)BatchNorm.Epsilon;
        foreach (var (i, name) in NormTensors.Index())
        {
            var constant = OnnxTrunk.Constant(_model, norm, i + 1);
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
        var ours = _reverses ? weight.flip(1) : weight;         // [O,3,k,k]
        return _factor.All(f => f == 1) ? ours : ours.mul(tensor(_factor).reshape(1, -1, 1, 1)).to(ScalarType.Float32);
    }

    private static Tensor Sum(Tensor a, Tensor b, double factor)
    {
        using Scalar scale = factor;
        return a.add(b, scale);
    }

    private OnnxTensor Weight(OnnxConvolution convolution)
    {
        var weight = OnnxTrunk.Constant(_model, convolution.Node, 1);
        return weight.Shape.Count == 4 ? weight : throw Unknown($"a convolution whose weights have {weight.Shape.Count} dimensions");
    }

    private InvalidDataException Unknown(string how) => new($"{Path} has {how}; use a ResNet of torchvision's kind.");
}
