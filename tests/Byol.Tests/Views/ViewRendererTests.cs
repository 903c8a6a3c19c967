using Byol.Data.Images;
using Byol.Data.Kernels;
using Byol.Data.Views;
using Byol.Tests.Images;
using Byol.Tests.Kernels;
using CsCheck;

namespace Byol.Tests.Views;

public sealed class ViewRendererTests
{
    private static readonly ViewOptions Options = new() { ImageSize = 32, BlurKernel = 5 };
    private static readonly Image8 Image = Pictures.Noise(50, 40);
    private static readonly Jitter Colors = new(1.3f, 0.7f, 1.15f, 0.08f, 0);
    private static readonly ViewPlan Everything = new(new CropBox(5, 6, 37, 29), true, Colors, true, 1.1f, true);

    /// <summary>Whole chains: the parts one by one, all orders of the jitter, and plans as they are drawn.</summary>
    private static readonly (ViewOptions Options, ViewPlan Plan)[] Chains =
    [
        (Options, Everything with { Flip = false, Jitter = null, Grayscale = false, BlurSigma = 0, Solarize = false }),
        (Options, Everything with { Jitter = null, Grayscale = false, BlurSigma = 0, Solarize = false }),
        (Options, Everything with { Grayscale = false, BlurSigma = 0, Solarize = false }),
        (Options, Everything with { Grayscale = false }),
        (Options, Everything),
        (Options with { SolarizeThreshold = 0.3, Interpolation = Interpolation.Bilinear,
            Mean = new(0, 0, 0), StandardDeviation = new(1, 1, 1) }, Everything),
        .. Enumerable.Range(0, 24)
            .Select(order => (Options, Everything with { Jitter = Colors with { Order = order }, Grayscale = order % 3 == 0 })),
        .. Enumerable.Range(1, 3).Select(turns => (Options, Everything with { FlipVertically = turns == 2, QuarterTurns = turns })),
        .. Enumerable.Range(0, 40).Select(i => (Options, new ViewSampler(Options, 77).Sample(50, 40, 0, i, i % 2))),
    ];

    internal static IEnumerable<TorchvisionCase> Questions() =>
        Chains.Select((c, i) => new TorchvisionCase($"view {i}", "view", Image.Pixels.ToArray(), 50, 40, Numbers(c.Options, c.Plan)));

    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, Chains.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_whole_view_equals_torchvisions(int i) =>
        Torchvision.AssertClose(Torchvision.Answer($"view {i}"), Render(Chains[i].Options, Image, Chains[i].Plan), 1e-4);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_view_is_its_kernels_one_after_another(int i)
    {
        var (options, plan) = Chains[i];
        var view = new float[32 * 32 * 3];
        var crop = plan.Crop;
        new ResizedCrop(32, options.Interpolation)
            .Apply(Image.Pixels.Span, 50, new Rectangle(crop.X, crop.Y, crop.Width, crop.Height), Window.All(32), view);
        if (plan.Flip) Flip.Apply(view, 32);
        if (plan.FlipVertically) Flip.Vertically(view, 32);
        Flip.Turn(view, 32, plan.QuarterTurns);
        for (var place = 0; place < 4 && plan.Jitter is not null; place++)
        {
            var jitter = plan.Jitter.Value;
            switch (jitter.Step(place))
            {
                case JitterStep.Brightness: ColorJitter.Brightness(view, jitter.Brightness); break;
                case JitterStep.Contrast: ColorJitter.Contrast(view, jitter.Contrast); break;
                case JitterStep.Saturation: ColorJitter.Saturation(view, jitter.Saturation); break;
                case JitterStep.Hue: ColorJitter.Hue(view, jitter.Hue); break;
            }
        }
        if (plan.Grayscale) Grayscale.Apply(view);
        if (plan.BlurSigma > 0) new GaussianBlur(32, 5).Apply(view, plan.BlurSigma);
        if (plan.Solarize) Solarize.Apply(view, (float)options.SolarizeThreshold);
        new Normalize(options.Mean.ToArray(), options.StandardDeviation.ToArray()).Apply(view);
        Assert.Equal(view, Render(options, Image, plan, KernelSet.All[0]));
        foreach (var twin in KernelSet.All.Skip(1)) Assert.True(view.IsClose(Render(options, Image, plan, twin), 2e-5f), twin.Name);
    }

    [Fact]
    public void A_view_is_normalized_exactly_once()
    {
        var colors = new float[32 * 32 * 3];
        new ViewRenderer(Options).RenderColors(Image, Everything, colors);
        Assert.All(colors, v => Assert.InRange(v, 0, 1));
        var (mean, deviation) = (Options.Mean.ToArray(), Options.StandardDeviation.ToArray());
        var expected = colors.Select((v, i) => (v - mean[i % 3]) / deviation[i % 3]).ToArray();
        Torchvision.AssertClose(expected, Render(Options, Image, Everything), 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(255)]
    public void A_plain_view_of_one_color_is_that_color_normalized(byte value)
    {
        var image = Pictures.Constant(60, 45, value);
        var view = Render(Options, image, ViewSampler.Center(Options, 60, 45));
        Assert.Equal((value / 255.0 - 0.485) / 0.229, view[0], 1e-5);
        Assert.Equal((value / 255.0 - 0.456) / 0.224, view[1], 1e-5);
        Assert.Equal((value / 255.0 - 0.406) / 0.225, view[2], 1e-5);
    }

    [Fact]
    public void Equal_plans_render_equal_views_bit_for_bit_whatever_came_before()
    {
        var renderer = new ViewRenderer(Options);
        var view = new float[32 * 32 * 3];
        foreach (var (_, plan) in Chains.Where(c => c.Options == Options).Reverse())
        {
            renderer.Render(Image, plan, view);
            Assert.Equal(Render(Options, Image, plan), view);
        }
    }

    [Fact]
    public void The_image_is_left_alone()
    {
        var image = Pictures.Noise(50, 40);
        Render(Options, image, Everything);
        Assert.Equal(Pictures.Noise(50, 40).Pixels.ToArray(), image.Pixels.ToArray());
    }

    [Fact]
    public void Views_of_any_image_are_finite_and_colors_within_0_and_1()
    {
        var side = Gen.OneOf(Gen.Int[1, 5], Gen.Int[1, 90]);
        Gen.Select(side, side, Gen.ULong, Gen.Int[0, 1]).Sample((width, height, seed, view) =>
        {
            var image = Pictures.Noise(width, height, (int)(seed % 1000));
            var colors = new float[32 * 32 * 3];
            var plan = new ViewSampler(Options with { JitterProbability = 1, SolarizeProbability = new(0.5, 0.5) }, seed)
                .Sample(width, height, 0, 0, view);
            new ViewRenderer(Options).RenderColors(image, plan, colors);
            return colors.All(v => v is >= -1e-6f and <= 1 + 1e-6f) && Render(Options, image, plan).All(float.IsFinite);
        }, iter: 200);   // a blur's weights sum to 1 but for rounding
    }

    [Theory]
    [MemberData(nameof(KernelSetTests.Names), MemberType = typeof(KernelSetTests))]
    public void Once_warm_it_allocates_nothing(string kernels)
    {
        var renderer = new ViewRenderer(Options, KernelSet.Choose(kernels));
        var view = new float[32 * 32 * 3];
        renderer.Render(Image, Everything with { Crop = new CropBox(0, 0, 50, 40) }, view);
        var padded = Options with { EvaluationCrop = 1, EvaluationFit = EvaluationFit.Pad };
        var plans = Chains.Select(c => c.Plan).Append(ViewSampler.Center(padded, 50, 40)).ToArray();
        foreach (var plan in plans) renderer.Render(Image, plan, view);

        // The least of some rounds: the runtime may allocate where it compiles a method again, the renderer would in each of them.
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var plan in plans) renderer.Render(Image, plan, view);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    private static float[] Render(ViewOptions options, Image8 image, ViewPlan plan, KernelSet? kernels = null)
    {
        var view = Enumerable.Repeat(float.NaN, options.ImageSize * options.ImageSize * 3).ToArray();
        new ViewRenderer(options, kernels ?? KernelSet.Current()).Render(image, plan, view);
        return view;
    }

    private static double[] Numbers(ViewOptions options, ViewPlan plan)
    {
        var (crop, jitter) = (plan.Crop, plan.Jitter ?? default);
        return
        [
            crop.X, crop.Y, crop.Width, crop.Height, options.ImageSize, (int)options.Interpolation, plan.Flip ? 1 : 0,
            plan.FlipVertically ? 1 : 0, plan.QuarterTurns,
            plan.Jitter is null ? 0 : 1, jitter.Brightness, jitter.Contrast, jitter.Saturation, jitter.Hue,
            .. Enumerable.Range(0, 4).Select(place => (double)(int)jitter.Step(place)),
            plan.Grayscale ? 1 : 0, plan.BlurSigma, options.BlurKernelInUse, plan.Solarize ? 1 : 0, options.SolarizeThreshold,
            .. options.Mean.ToArray(), .. options.StandardDeviation.ToArray(),
        ];
    }
}
