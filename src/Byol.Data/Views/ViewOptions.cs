using Byol.Data.Kernels;
using static Byol.Setting;

namespace Byol.Data.Views;

/// <summary>A range of values.</summary>
/// <param name="low">Lower end.</param>
/// <param name="high">Upper end.</param>
public readonly struct Interval(double low, double high)
{
    /// <summary>Lower end.</summary>
    public double Low { get; } = low;

    /// <summary>Upper end.</summary>
    public double High { get; } = high;
}

/// <summary>One value for each of the two views.</summary>
/// <param name="first">For v, drawn from T.</param>
/// <param name="second">For v', drawn from T'.</param>
public readonly struct PerView(double first, double second)
{
    /// <summary>For v, drawn from T.</summary>
    public double First { get; } = first;

    /// <summary>For v', drawn from T'.</summary>
    public double Second { get; } = second;

    /// <summary>The value of one view.</summary>
    /// <param name="view">0 or 1.</param>
    internal double this[int view] => view == 0 ? First : Second;
}

/// <summary>One value for each color channel.</summary>
/// <param name="red">Red.</param>
/// <param name="green">Green.</param>
/// <param name="blue">Blue.</param>
public readonly struct Channels(double red, double green, double blue)
{
    /// <summary>Red.</summary>
    public double Red { get; } = red;

    /// <summary>Green.</summary>
    public double Green { get; } = green;

    /// <summary>Blue.</summary>
    public double Blue { get; } = blue;

    /// <summary>The three values.</summary>
    public double[] ToArray() => [Red, Green, Blue];
}

/// <summary>The distributions T and T' that views are drawn from. Defaults are the paper's (BYOL, appendix B).</summary>
public sealed record ViewOptions
{
    /// <summary>S, the side of a view in pixels.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Fraction of the image's area that a crop covers, drawn uniformly.</summary>
    public Interval CropArea { get; init; } = new(0.08, 1);

    /// <summary>Width over height of a crop, drawn log-uniformly.</summary>
    public Interval CropRatio { get; init; } = new(3.0 / 4, 4.0 / 3);

    /// <summary>How a crop is resized.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bicubic;

    /// <summary>Probability of a horizontal flip.</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>Probability of a vertical flip: for images without a top, such as parts, tissue and land.</summary>
    public double VerticalFlipProbability { get; init; }

    /// <summary>Probability that a view is turned by 0, 90, 180 or 270 degrees, with equal probability; at 1 all four directions are
    /// equal.</summary>
    public double QuarterTurnProbability { get; init; }

    /// <summary>Probability that colors are jittered.</summary>
    public double JitterProbability { get; init; } = 0.8;

    /// <summary>Brightness is multiplied by a factor from 1 ± this.</summary>
    public double Brightness { get; init; } = 0.4;

    /// <summary>Contrast is multiplied by a factor from 1 ± this.</summary>
    public double Contrast { get; init; } = 0.4;

    /// <summary>Saturation is multiplied by a factor from 1 ± this.</summary>
    public double Saturation { get; init; } = 0.2;

    /// <summary>Hue is shifted by up to this share of the color circle, 0 to 0.5.</summary>
    public double Hue { get; init; } = 0.1;

    /// <summary>Probability that colors are dropped.</summary>
    public double GrayscaleProbability { get; init; } = 0.2;

    /// <summary>Probability of a Gaussian blur.</summary>
    public PerView BlurProbability { get; init; } = new(1, 0.1);

    /// <summary>σ of the blur in pixels, drawn uniformly.</summary>
    public Interval BlurSigma { get; init; } = new(0.1, 2);

    /// <summary>Side of the blur's kernel in pixels, odd; 0 takes a tenth of the side: 23 at 224.</summary>
    public int BlurKernel { get; init; }

    /// <summary>Probability that bright pixels are inverted.</summary>
    public PerView SolarizeProbability { get; init; } = new(0, 0.2);

    /// <summary>From this value on pixels are inverted.</summary>
    public double SolarizeThreshold { get; init; } = 0.5;

    /// <summary>Subtracted from each channel at the end.</summary>
    public Channels Mean { get; init; } = new(0.485, 0.456, 0.406);

    /// <summary>Divides each channel after that.</summary>
    public Channels StandardDeviation { get; init; } = new(0.229, 0.224, 0.225);

    /// <summary>How an image becomes the square of evaluation: its center, or the whole image. If it is the whole image, training crops of
    /// very long images reach their ends too; in the paper, as in torchvision, they do not.</summary>
    public EvaluationFit EvaluationFit { get; init; } = EvaluationFit.Crop;

    /// <summary>Fraction of the short side that the center view of evaluation keeps; 1 for images that fill their frame.</summary>
    public double EvaluationCrop { get; init; } = 0.875;

    /// <summary>Side of the square of evaluation in pixels; 0 takes that of the views. An encoder that is trained on small views is often
    /// better on larger images (Touvron et al. 2019, arXiv 1906.06423).</summary>
    public int EvaluationSize { get; init; }

    /// <summary>The side of evaluation in use.</summary>
    internal int EvaluationSizeInUse => EvaluationSize == 0 ? ImageSize : EvaluationSize;

    /// <summary>The blur's kernel side in use.</summary>
    internal int BlurKernelInUse => BlurKernel != 0 ? BlurKernel : Math.Max(3, ImageSize / 10 / 2 * 2 + 1);

    /// <summary>Throws if a value is invalid.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    internal void Validate()
    {
        Require(ImageSize is >= 8 and <= 4096, $"Image size {ImageSize} must lie between 8 and 4096 pixels; use for instance 32 or 224.");
        Require(EvaluationSize is 0 or (>= 8 and <= 4096),
            $"Evaluation size {EvaluationSize} must be 0, for the size of the views, or lie between 8 and 4096 pixels; use for instance 224.");
        Require(CropArea is { Low: > 0, High: <= 1 } && CropArea.Low <= CropArea.High,
            $"Crop area {CropArea.Low} to {CropArea.High} must rise and lie between 0 and 1; the paper uses 0.08 to 1.");
        Require(CropRatio.Low > 0 && CropRatio.Low <= CropRatio.High && double.IsFinite(CropRatio.High),
            $"Crop ratio {CropRatio.Low} to {CropRatio.High} must rise and be above 0; the paper uses 0.75 to 1.3333.");
        foreach (var (name, p, usual) in new[]
                 {
                     ("flip probability", FlipProbability, "0.5"), ("vertical flip probability", VerticalFlipProbability, "0"),
                     ("quarter turn probability", QuarterTurnProbability, "0"), ("jitter probability", JitterProbability, "0.8"),
                     ("grayscale probability", GrayscaleProbability, "0.2"),
                     ("blur probability", BlurProbability.First, "1 and 0.1"), ("blur probability", BlurProbability.Second, "1 and 0.1"),
                     ("solarize probability", SolarizeProbability.First, "0 and 0.2"),
                     ("solarize probability", SolarizeProbability.Second, "0 and 0.2"),
                     ("solarize threshold", SolarizeThreshold, "0.5"),
                 })
            Require(p is >= 0 and <= 1, $"The {name} of {p} must lie between 0 and 1; the paper uses {usual}.");
        Require(new[] { Brightness, Contrast, Saturation }.All(s => s >= 0 && double.IsFinite(s)),
            $"Brightness {Brightness}, contrast {Contrast} and saturation {Saturation} must be 0 or more.");
        Require(Hue is >= 0 and <= 0.5, $"Hue {Hue} must lie between 0 and 0.5; the paper uses 0.1.");
        Require(BlurSigma.Low > 0 && BlurSigma.Low <= BlurSigma.High && double.IsFinite(BlurSigma.High),
            $"Blur sigma {BlurSigma.Low} to {BlurSigma.High} must rise and be above 0; the paper uses 0.1 to 2.");
        Require(BlurKernel >= 0, $"Blur kernel {BlurKernel} must be odd and above 0; use 3, or 0 for a tenth of the side.");
        Require(BlurKernel == 0 || BlurKernel % 2 == 1,
            $"Blur kernel {BlurKernel} must be odd; use {BlurKernel + 1}, or 0 for a tenth of the side.");
        Require(BlurKernelInUse / 2 < ImageSize,
            $"Blur kernel {BlurKernelInUse} does not fit images of {ImageSize} pixels; use 0 for a tenth of the side.");
        Require(Mean.ToArray().All(double.IsFinite), "A mean must be a number; ImageNet's are 0.485, 0.456, 0.406.");
        Require(StandardDeviation.ToArray().All(s => s > 0 && double.IsFinite(s)),
            "A standard deviation must be above 0; ImageNet's are 0.229, 0.224, 0.225.");
        Require(EvaluationCrop is > 0 and <= 1, $"Evaluation crop {EvaluationCrop} must be above 0 and at most 1; use 0.875 or 1.");
        Require(EvaluationFit == EvaluationFit.Crop || EvaluationCrop == 1,
            $"Evaluation crop {EvaluationCrop} does not go with the evaluation fit {EvaluationFit}, which shows whole images; "
                + "use an evaluation crop of 1, or the evaluation fit crop.");
    }
}
