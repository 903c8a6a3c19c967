using Byol.Data.Views;
using static Byol.Setting;

namespace Byol.Encoders;

/// <summary>The order of a pixel's three channels.</summary>
internal enum ColorOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,
}

/// <summary>The order of an image's values in a model's input.</summary>
internal enum ImageLayout
{
    /// <summary>[n,3,S,S]: one channel after the other, as PyTorch has them.</summary>
    Nchw,

    /// <summary>[n,S,S,3]: the channels of a pixel side by side, as TensorFlow has them.</summary>
    Nhwc,
}

/// <summary>What an ONNX model of another program is given and which output is its embedding: what the file itself does not say. Pixels of
/// 0 to 1 are multiplied by <see cref="Scale"/>, then the mean is subtracted and the result divided by the standard deviation.</summary>
internal sealed record ModelInput
{
    /// <summary>Of pixels of 0 to 1: 255 for a model that is given bytes.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Subtracted from scaled pixels: red, green, blue, in any order of the model's channels.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0, 0, 0];

    /// <summary>Divides scaled pixels after that: red, green, blue.</summary>
    public IReadOnlyList<double> StandardDeviation { get; init; } = [1, 1, 1];

    /// <summary>In which order it takes the channels of a pixel.</summary>
    public ColorOrder Color { get; init; }

    /// <summary>In which order it takes the values of an image; null if the shape of its input says it.</summary>
    public ImageLayout? Layout { get; init; }

    /// <summary>S, the side of its input in pixels; 0 if the shape of its input says it.</summary>
    public int ImageSize { get; init; }

    /// <summary>How an image of any shape becomes a square: whole and squashed unless it is said.</summary>
    public EvaluationFit Fit { get; init; } = EvaluationFit.Squash;

    /// <summary>Fraction of the short side that the center crop keeps before it is resized.</summary>
    public double CenterCrop { get; init; } = 1;

    /// <summary>The name of its input; empty for the one that it has.</summary>
    public string Input { get; init; } = "";

    /// <summary>The name of the embedding: of an output, or of any value in its graph. Empty for the output that it has.</summary>
    public string Output { get; init; } = "";

    /// <summary>Whether nothing says how pixels are scaled, so that it is assumed.</summary>
    internal bool AssumesPixels { get; init; }

    /// <summary>As torchvision trains: 0 to 1, normalized by ImageNet's mean and standard deviation.</summary>
    public static ModelInput ImageNet { get; } = new() { Mean = [0.485, 0.456, 0.406], StandardDeviation = [0.229, 0.224, 0.225] };

    /// <summary>As ML.NET's DnnFeaturizeImage prepares: blue first, 0 to 255, less a mean; the mean color of its mean image.</summary>
    public static ModelInput MlNet { get; } = new()
    {
        Color = ColorOrder.Bgr, Scale = 255, Mean = [123.15163, 115.902885, 103.06262],
    };

    /// <summary>Nothing: 0 to 1, for a model that does everything else itself.</summary>
    public static ModelInput Plain { get; } = new();

    /// <summary>The presets by name.</summary>
    internal static IReadOnlyDictionary<string, ModelInput> Presets { get; } = new Dictionary<string, ModelInput>
    {
        ["imagenet"] = ImageNet, ["mlnet"] = MlNet, ["plain"] = Plain,
    };

    /// <summary>Throws if a value is invalid.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Validate()
    {
        Require(double.IsFinite(Scale) && Scale > 0, $"A model's scale of {Scale} must be above 0; use 255 if it takes bytes, or 1.");
        Require(Mean.Count == 3 && Mean.All(double.IsFinite), "A model's mean must be three numbers: red, green, blue.");
        Require(StandardDeviation.Count == 3 && StandardDeviation.All(s => s > 0 && double.IsFinite(s)),
            "A model's standard deviation must be three numbers above 0: red, green, blue.");
        Require(ImageSize is >= 0 and <= Preprocessing.LargestSize,
            $"A model's image size of {ImageSize} must lie between 1 and {Preprocessing.LargestSize} pixels; use for instance 224.");
        Require(CenterCrop is > 0 and <= 1, $"A model's center crop of {CenterCrop} must be above 0 and at most 1; use 0.875 or 1.");
    }

    /// <summary>How an image becomes its input, in pixels of 0 to 1.</summary>
    /// <param name="imageSize">S.</param>
    internal Preprocessing Prepares(int imageSize) => new(
        imageSize, CenterCrop, [.. Mean.Select(m => m / Scale)], [.. StandardDeviation.Select(s => s / Scale)]) { Fit = Fit };
}
