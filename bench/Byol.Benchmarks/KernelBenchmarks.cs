using BenchmarkDotNet.Attributes;
using Byol.Data.Images;
using Byol.Data.Kernels;
using Byol.Data.Views;

namespace Byol.Benchmarks;

/// <summary>One view of a decoded image by every set of kernels, part by part.</summary>
public class KernelBenchmarks
{
    private static readonly Jitter Colors = new(1.1f, 0.9f, 1.1f, 0.05f, 3);

    private Image8 _image;
    private ViewRenderer _renderer = null!;
    private ViewPlan _plan;
    private float[] _view = [];

    [ParamsSource(nameof(KernelNames))]
    public string Kernels { get; set; } = "";

    [Params(32, 224)]
    public int Size { get; set; }

    public static IEnumerable<string> KernelNames => KernelSet.All.Where(s => s.IsFast).Select(s => s.Name);

    [GlobalSetup]
    public void Setup()
    {
        var (width, height) = Size == 32 ? (32, 32) : (500, 375);
        _image = new NoiseImages(1, width, height).Read(0, new ImageBuffer());
        _renderer = new ViewRenderer(new ViewOptions { ImageSize = Size }, KernelSet.All.Single(s => s.Name == Kernels));
        _plan = new ViewPlan(new CropBox(width / 8, height / 8, width * 3 / 4, height * 3 / 4), true, null, false, 0, false);
        _view = new float[Size * Size * 3];
    }

    [Benchmark(Baseline = true)]
    public void CropFlipNormalize() => _renderer.Render(_image, _plan, _view);

    [Benchmark]
    public void WithJitter() => _renderer.Render(_image, _plan with { Jitter = Colors }, _view);

    [Benchmark]
    public void WithGrayscale() => _renderer.Render(_image, _plan with { Grayscale = true }, _view);

    [Benchmark]
    public void WithBlur() => _renderer.Render(_image, _plan with { BlurSigma = 1 }, _view);

    [Benchmark]
    public void WithSolarize() => _renderer.Render(_image, _plan with { Solarize = true }, _view);

    [Benchmark]
    public void WithEverything() => _renderer.Render(_image, _plan with { Jitter = Colors, Grayscale = true, BlurSigma = 1, Solarize = true }, _view);
}
