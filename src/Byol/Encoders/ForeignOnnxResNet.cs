using Byol.Data.Datasets;
using Byol.Models.ResNet;
using Byol.TensorFiles;
using Byol.TensorFiles.Onnx;
using static TorchSharp.torch;

namespace Byol.Encoders;

/// <summary>A residual network out of an ONNX graph, as a file of tensors under torchvision's names. What is given to the model becomes
/// what is given to our network: colors in our order and normalized, with the first convolution changed so that the features are the
/// same.</summary>
internal sealed class ForeignOnnxResNet : ITensorFile
{
    private const int UsualSize = 224;      // where nothing says it: a residual network takes any

    private readonly OnnxModel _model;
    private readonly ForeignOnnxResNetTensors _tensors;

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
        IsFolded = trunk.Convolutions.Any(c => c.Norm is null);
        (Preprocessing, var factor) = Prepare(input, trunk.Scaling, Size(model) ?? (input.ImageSize > 0 ? input.ImageSize : UsualSize));
        _tensors = new ForeignOnnxResNetTensors(model, factor, input.Color == ColorOrder.Bgr);
        foreach (var (planned, found) in plan.Convolutions.Zip(trunk.Convolutions)) _tensors.Add(planned, found);
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
    public IEnumerable<string> Names => _tensors.Names;

    /// <inheritdoc/>
    public IReadOnlyList<long> Shape(string name) => _tensors.Shape(name);

    /// <inheritdoc/>
    public Tensor Read(string name)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return _tensors.Read(name).MoveToOuterDisposeScope();
    }

    /// <summary>Builds it.</summary>
    /// <param name="preprocessing">What our network is given.</param>
    /// <param name="device">The device for it.</param>
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
            var norms = new FoldedNorms((ResNet)network);
            MeasuringImages.Give(images!, preprocessing.ToViews(), device, norms.Observe);
            norms.Rebuild();
            weights = WeightsDigest.Of(EncoderFile.Tensors(network));
        }
        var used = EncoderFile.Tensors(network).Count();
        return new OpenedEncoder(network, new EncoderDescription(Architecture, preprocessing) { Weights = weights })
        {
            Origin = new ForeignOrigin("", used, [], [])
            {
                Assumption = !IsFolded ? null : $"its BatchNorms were folded into its convolutions; they are rebuilt by what it makes of "
                    + $"{MeasuringImages.Count(images!)} images",
            },
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static int? Size(OnnxModel model) => model.Inputs[0].Shape switch
    {
        [_, 3, var height and > 0, var width] when height == width => (int)height,
        _ => null,
    };

    // Divided by a standard deviation, with any scale: a first layer that is given 0 to 255 learns 50,000 times as fast.
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
        var stem = ForeignOnnxResNetTensors.Weight(_model, trunk.Stem).Shape;
        var strides = trunk.Stem.Node.Whole("strides", 1, 1);
        var entry = (stem is [_, _, 7, 7], trunk.Pools, strides) switch
        {
            (true, true, [2, 2]) => Stem.ImageNet,
            (false, false, [1, 1]) => Stem.Small,
            (false, false, [2, 2]) => Stem.SmallStride2,
            _ => throw Unknown("an entry of another kind"),
        };
        // Channels that leave a block tell the stages apart.
        var leaving = trunk.Blocks.Select(b => ForeignOnnxResNetTensors.Weight(_model, b.Branch[^1]).Shape[0]).ToList();
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

    private InvalidDataException Unknown(string how) => ForeignOnnxResNetTensors.Unknown(_model, how);
}
