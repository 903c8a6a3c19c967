using Byol.Data.Kernels;
using Byol.Data.Views;

namespace Byol.Tests.Views;

public sealed class ViewOptionsTests
{
    private static readonly ViewOptions Paper = new();

    private static readonly (ViewOptions Options, string Message)[] Refused =
    [
        (Paper with { ImageSize = 7 }, "Image size 7 must lie between 8 and 4096 pixels; use for instance 32 or 224."),
        (Paper with { ImageSize = 0 }, "Image size 0 must lie between 8 and 4096"),
        (Paper with { ImageSize = -224 }, "Image size -224 must lie between 8 and 4096"),
        (Paper with { ImageSize = 4097 }, "Image size 4097 must lie between 8 and 4096"),
        (Paper with { CropArea = new(0, 1) }, "Crop area 0 to 1 must rise and lie between 0 and 1; the paper uses 0.08 to 1."),
        (Paper with { CropArea = new(-0.1, 1) }, "Crop area -0.1 to 1 must rise"),
        (Paper with { CropArea = new(0.5, 1.1) }, "Crop area 0.5 to 1.1 must rise"),
        (Paper with { CropArea = new(0.8, 0.2) }, "Crop area 0.8 to 0.2 must rise"),
        (Paper with { CropArea = new(double.NaN, 1) }, "Crop area NaN to 1 must rise"),
        (Paper with { CropArea = new(0.1, double.NaN) }, "Crop area 0.1 to NaN must rise"),
        (Paper with { CropRatio = new(0, 1) }, "Crop ratio 0 to 1 must rise and be above 0; the paper uses 0.75 to 1.3333."),
        (Paper with { CropRatio = new(-1, 1) }, "Crop ratio -1 to 1 must rise"),
        (Paper with { CropRatio = new(2, 1) }, "Crop ratio 2 to 1 must rise"),
        (Paper with { CropRatio = new(double.NaN, 1) }, "Crop ratio NaN to 1 must rise"),
        (Paper with { CropRatio = new(1, double.PositiveInfinity) }, "Crop ratio 1 to Infinity must rise"),
        (Paper with { FlipProbability = 1.5 }, "The flip probability of 1.5 must lie between 0 and 1; the paper uses "),
        (Paper with { FlipProbability = -0.5 }, "The flip probability of -0.5 must"),
        (Paper with { FlipProbability = double.NaN }, "The flip probability of NaN must"),
        (Paper with { JitterProbability = 2 }, "The jitter probability of 2 must lie between 0 and 1; the paper uses "),
        (Paper with { GrayscaleProbability = -1 }, "The grayscale probability of -1 must lie between 0 and 1; the paper uses "),
        (Paper with { BlurProbability = new(1.1, 0.1) }, "The blur probability of 1.1 must lie between 0 and 1; the paper uses "),
        (Paper with { BlurProbability = new(1, -0.1) }, "The blur probability of -0.1 must lie between 0 and 1; the paper uses "),
        (Paper with { SolarizeProbability = new(3, 0.2) }, "The solarize probability of 3 must lie between 0 and 1; the paper uses "),
        (Paper with { SolarizeProbability = new(0, 4) }, "The solarize probability of 4 must lie between 0 and 1; the paper uses "),
        (Paper with { SolarizeThreshold = 128 }, "The solarize threshold of 128 must lie between 0 and 1; the paper uses 0.5."),
        (Paper with { Brightness = -0.4 }, "Brightness -0.4, contrast 0.4 and saturation 0.2 must be 0 or more."),
        (Paper with { Contrast = -1 }, "Brightness 0.4, contrast -1 and saturation 0.2 must be 0 or more."),
        (Paper with { Saturation = -2 }, "Brightness 0.4, contrast 0.4 and saturation -2 must be 0 or more."),
        (Paper with { Saturation = double.NaN }, "Brightness 0.4, contrast 0.4 and saturation NaN must be 0 or more."),
        (Paper with { Brightness = double.PositiveInfinity }, "Brightness Infinity, contrast 0.4 and saturation 0.2 must be 0 or more."),
        (Paper with { Hue = 0.6 }, "Hue 0.6 must lie between 0 and 0.5; the paper uses 0.1."),
        (Paper with { Hue = -0.1 }, "Hue -0.1 must lie"),
        (Paper with { Hue = double.NaN }, "Hue NaN must lie"),
        (Paper with { BlurSigma = new(0, 2) }, "Blur sigma 0 to 2 must rise and be above 0; the paper uses 0.1 to 2."),
        (Paper with { BlurSigma = new(2, 1) }, "Blur sigma 2 to 1 must rise"),
        (Paper with { BlurSigma = new(0.1, double.PositiveInfinity) }, "Blur sigma 0.1 to Infinity must rise"),
        (Paper with { BlurKernel = 4 }, "Blur kernel 4 must be odd; use 5, or 0 for a tenth of the side."),
        (Paper with { BlurKernel = -3 }, "Blur kernel -3 must be odd and above 0; use 3, or 0 for a tenth of the side."),
        (Paper with { BlurKernel = -2 }, "Blur kernel -2 must be odd and above 0; use 3, or 0 for a tenth of the side."),
        (Paper with { ImageSize = 32, BlurKernel = 65 }, "Blur kernel 65 does not fit images of 32 pixels; use 0 for a tenth of the side."),
        (Paper with { StandardDeviation = new(0, 1, 1) }, "A standard deviation must be above 0; ImageNet's are 0.229, 0.224, 0.225."),
        (Paper with { StandardDeviation = new(1, -1, 1) }, "A standard deviation must be above 0"),
        (Paper with { StandardDeviation = new(1, 1, double.NaN) }, "A standard deviation must be above 0"),
        (Paper with { StandardDeviation = new(1, 1, double.PositiveInfinity) }, "A standard deviation must be above 0"),
        (Paper with { Mean = new(double.NaN, 0, 0) }, "A mean must be a number; ImageNet's are 0.485, 0.456, 0.406."),
        (Paper with { Mean = new(0, 0, double.NegativeInfinity) }, "A mean must be a number"),
        (Paper with { EvaluationCrop = 0 }, "Evaluation crop 0 must be above 0 and at most 1; use 0.875 or 1."),
        (Paper with { EvaluationCrop = 1.01 }, "Evaluation crop 1.01 must be above"),
        (Paper with { EvaluationCrop = double.NaN }, "Evaluation crop NaN must be above"),
    ];

    private static readonly ViewOptions[] Accepted =
    [
        Paper,
        Paper with { ImageSize = 8 },
        Paper with { ImageSize = 4096 },
        Paper with { CropArea = new(1, 1), CropRatio = new(1, 1) },
        Paper with { FlipProbability = 0, JitterProbability = 1, GrayscaleProbability = 1,
            BlurProbability = new(0, 1), SolarizeProbability = new(1, 0) },
        Paper with { Brightness = 0, Contrast = 5, Saturation = 0, Hue = 0.5 },
        Paper with { BlurSigma = new(1, 1), BlurKernel = 1 },
        Paper with { ImageSize = 32, BlurKernel = 63 },
        Paper with { SolarizeThreshold = 0, EvaluationCrop = 1, Mean = new(0, 0, 0), StandardDeviation = new(1, 1, 1) },
        Paper with { Interpolation = Interpolation.Bilinear },
    ];

    public static TheoryData<int> RefusedCases() => [.. Enumerable.Range(0, Refused.Length)];

    public static TheoryData<int> AcceptedCases() => [.. Enumerable.Range(0, Accepted.Length)];

    [Theory]
    [MemberData(nameof(RefusedCases))]
    public void Nonsense_is_refused_in_one_line(int i)
    {
        var message = Assert.Throws<ArgumentException>(Refused[i].Options.Validate).Message;
        Assert.StartsWith(Refused[i].Message, message);
        Assert.DoesNotContain('\n', message);
        Assert.EndsWith(".", message);
    }

    [Theory]
    [MemberData(nameof(AcceptedCases))]
    public void Limits_themselves_are_accepted_and_render(int i)
    {
        var options = Accepted[i];
        options.Validate();
        if (options.ImageSize > 300) return;
        var view = new float[options.ImageSize * options.ImageSize * 3];
        var image = Images.Pictures.Noise(40, 30);
        new ViewRenderer(options).Render(image, new ViewSampler(options, 1).Sample(40, 30, 0, 0, 1), view);
        Assert.All(view, v => Assert.True(float.IsFinite(v)));
    }

    /// <summary>BYOL, appendix B and table 6.</summary>
    [Fact]
    public void Defaults_are_the_papers()
    {
        Assert.Equal((224, 23), (Paper.ImageSize, Paper.BlurKernelInUse));
        Assert.Equal(new Interval(0.08, 1), Paper.CropArea);
        Assert.Equal(new Interval(3.0 / 4, 4.0 / 3), Paper.CropRatio);
        Assert.Equal(Interpolation.Bicubic, Paper.Interpolation);
        Assert.Equal((0.5, 0.8, 0.2), (Paper.FlipProbability, Paper.JitterProbability, Paper.GrayscaleProbability));
        Assert.Equal((0.4, 0.4, 0.2, 0.1), (Paper.Brightness, Paper.Contrast, Paper.Saturation, Paper.Hue));
        Assert.Equal(new PerView(1, 0.1), Paper.BlurProbability);
        Assert.Equal(new Interval(0.1, 2), Paper.BlurSigma);
        Assert.Equal((new PerView(0, 0.2), 0.5), (Paper.SolarizeProbability, Paper.SolarizeThreshold));
        Assert.Equal((new Channels(0.485, 0.456, 0.406), new Channels(0.229, 0.224, 0.225)), (Paper.Mean, Paper.StandardDeviation));
    }

    [Theory]
    [InlineData(8, 3)]
    [InlineData(32, 3)]
    [InlineData(64, 7)]
    [InlineData(96, 9)]
    [InlineData(112, 11)]
    [InlineData(128, 13)]
    [InlineData(160, 17)]
    [InlineData(224, 23)]
    public void Blurs_kernel_is_about_a_tenth_of_the_side_and_odd(int size, int kernel) =>
        Assert.Equal(kernel, (Paper with { ImageSize = size }).BlurKernelInUse);
}
