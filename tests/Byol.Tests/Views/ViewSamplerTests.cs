using Byol.Data.Views;
using CsCheck;

namespace Byol.Tests.Views;

public sealed class ViewSamplerTests
{
    private const int Draws = 20_000;
    private static readonly ViewOptions Paper = new();

    [Fact]
    public void Equal_arguments_give_equal_plans_in_any_order_on_any_thread()
    {
        var arguments = (from index in Enumerable.Range(0, 200) from epoch in new[] { 0, 1, 299 }
            from view in new[] { 0, 1 } select (index, epoch, view)).ToArray();
        var sampler = new ViewSampler(Paper, 7);
        var forwards = arguments.ToDictionary(a => a, a => sampler.Sample(640, 480, a.epoch, a.index, a.view));
        foreach (var a in arguments.Reverse())
            Assert.Equal(forwards[a], new ViewSampler(new ViewOptions(), 7).Sample(640, 480, a.epoch, a.index, a.view));
        Assert.All(arguments.AsParallel().Select(a => (Arguments: a, Plan: sampler.Sample(640, 480, a.epoch, a.index, a.view))),
            found => Assert.Equal(forwards[found.Arguments], found.Plan));
    }

    [Theory]
    [InlineData("index")]
    [InlineData("epoch")]
    [InlineData("view")]
    [InlineData("seed")]
    [InlineData("upper half of the seed")]
    public void Plans_differ_by(string argument)
    {
        var options = Paper with { BlurProbability = new(0.5, 0.5), SolarizeProbability = new(0.2, 0.2) };
        Assert.All(Enumerable.Range(0, 200), i =>
        {
            var usual = new ViewSampler(options, 3).Sample(500, 400, 4, i, 0);
            var other = argument switch
            {
                "index" => new ViewSampler(options, 3).Sample(500, 400, 4, i + 1, 0),
                "epoch" => new ViewSampler(options, 3).Sample(500, 400, 5, i, 0),
                "view" => new ViewSampler(options, 3).Sample(500, 400, 4, i, 1),
                "seed" => new ViewSampler(options, 4).Sample(500, 400, 4, i, 0),
                _ => new ViewSampler(options, 3 + (1ul << 32)).Sample(500, 400, 4, i, 0),
            };
            Assert.NotEqual(usual.Crop, other.Crop);
        });
    }

    [Fact]
    public void Index_and_epoch_are_not_mixed_up()
    {
        var sampler = new ViewSampler(Paper, 1);
        var crops = (from i in Enumerable.Range(0, 60) from e in Enumerable.Range(0, 60)
            select sampler.Sample(20_000, 20_000, e, i, 0).Crop).ToArray();
        Assert.Equal(crops.Length, crops.Distinct().Count());
    }

    [Theory]
    [InlineData("flip", 0, 0.5)]
    [InlineData("flip", 1, 0.5)]
    [InlineData("jitter", 0, 0.8)]
    [InlineData("jitter", 1, 0.8)]
    [InlineData("grayscale", 0, 0.2)]
    [InlineData("grayscale", 1, 0.2)]
    [InlineData("blur", 0, 1)]
    [InlineData("blur", 1, 0.1)]
    [InlineData("solarize", 0, 0)]
    [InlineData("solarize", 1, 0.2)]
    public void Frequencies_are_the_papers(string what, int view, double probability) =>
        Statistics.AssertFrequency(Sample(Paper, view).Count(p => Has(p, what)), Draws, probability);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Each_probability_governs_its_own_operation(int certain)
    {
        string[] all = ["flip", "jitter", "grayscale", "blur", "solarize"];
        foreach (var what in all)
        {
            double P(string name) => name == what ? certain : 1 - certain;
            var options = Paper with
            {
                FlipProbability = P("flip"), JitterProbability = P("jitter"), GrayscaleProbability = P("grayscale"),
                BlurProbability = new(P("blur"), P("blur")), SolarizeProbability = new(P("solarize"), P("solarize")),
            };
            Assert.All(Sample(options, 1, 100), plan => Assert.All(all, name => Assert.Equal(P(name) == 1, Has(plan, name))));
        }
    }

    [Fact]
    public void Choices_are_independent_of_each_other_and_of_the_other_view()
    {
        var options = Paper with
        {
            JitterProbability = 0.5, GrayscaleProbability = 0.5, BlurProbability = new(0.5, 0.5), SolarizeProbability = new(0.5, 0.5),
        };
        var names = new[] { "flip", "jitter", "grayscale", "blur", "solarize" };
        var choices = new[] { 0, 1 }
            .SelectMany(view => names.Select(name => Sample(options, view).Select(p => Has(p, name)).ToArray())).ToArray();
        for (var a = 0; a < choices.Length; a++)
        {
            for (var b = 0; b < a; b++) Statistics.AssertFrequency(choices[a].Zip(choices[b]).Count(p => p.First == p.Second), Draws, 0.5);
            Statistics.AssertFrequency(choices[a].Zip(choices[a].Skip(1)).Count(p => p.First == p.Second), Draws - 1, 0.5);   // neighbors
        }
    }

    [Fact]
    public void All_24_orders_of_the_jitter_are_equally_likely()
    {
        var orders = Sample(Paper with { JitterProbability = 1 }, 0)
            .GroupBy(p => string.Join(' ', Enumerable.Range(0, 4).Select(p.Jitter!.Value.Step))).ToArray();
        Assert.Equal(24, orders.Length);
        Assert.All(orders, o => Statistics.AssertFrequency(o.Count(), Draws, 1.0 / 24));
        Assert.All(orders, o => Assert.Equal(4, o.Key.Split(' ').Distinct().Count()));
    }

    [Theory]
    [InlineData("brightness", 0.6, 1.4)]
    [InlineData("contrast", 0.6, 1.4)]
    [InlineData("saturation", 0.8, 1.2)]
    [InlineData("hue", -0.1, 0.1)]
    public void Jitter_factors_are_uniform_in_their_range(string factor, double low, double high)
    {
        var factors = Sample(Paper with { JitterProbability = 1 }, 0).Select(p => p.Jitter!.Value).Select(j => (double)(factor switch
        {
            "brightness" => j.Brightness, "contrast" => j.Contrast, "saturation" => j.Saturation, _ => j.Hue,
        })).ToArray();
        Assert.All(factors, f => Assert.InRange(f, low - 1e-6, high + 1e-6));
        Statistics.AssertUniform([.. factors.Select(f => (f - low) / (high - low))]);
    }

    [Fact]
    public void Factors_do_not_fall_below_0() => Assert.All(
        Sample(Paper with { JitterProbability = 1, Brightness = 3, Contrast = 3, Saturation = 3 }, 0, 2000).Select(p => p.Jitter!.Value),
        j => Assert.True(j is { Brightness: >= 0 and <= 4, Contrast: >= 0 and <= 4, Saturation: >= 0 and <= 4 }));

    [Fact]
    public void No_strength_is_no_change() => Assert.All(
        Sample(Paper with { JitterProbability = 1, Brightness = 0, Contrast = 0, Saturation = 0, Hue = 0 }, 0, 500)
            .Select(p => p.Jitter!.Value),
        j => Assert.Equal((1, 1, 1, 0), (j.Brightness, j.Contrast, j.Saturation, j.Hue)));

    [Fact]
    public void Blurs_sigma_is_uniform_in_its_range() =>
        Statistics.AssertUniform([.. Sample(Paper, 0).Select(p => (p.BlurSigma - 0.1) / 1.9)]);

    [Fact]
    public void Center_is_plain() => Gen.Select(Gen.Int[1, 5000], Gen.Int[1, 5000], Gen.Double[0.01, 1]).Sample((width, height, keep) =>
    {
        var (crop, flip, jitter, gray, sigma, solarize) = ViewSampler.Center(Paper with { EvaluationCrop = keep }, width, height);
        Assert.False(flip || jitter is not null || gray || sigma != 0 || solarize);
        Assert.Equal(crop.Width, crop.Height);
        Assert.InRange(crop.Width, Math.Max(1, keep * Math.Min(width, height) - 0.5), keep * Math.Min(width, height) + 1);
        Assert.InRange(crop.X - (width - crop.Width - crop.X), -1, 0);
        Assert.InRange(crop.Y - (height - crop.Height - crop.Y), -1, 0);
    });

    [Theory]
    [InlineData(256, 256, 0.875, 16, 16, 224)]
    [InlineData(500, 375, 0.875, 86, 23, 328)]
    [InlineData(32, 32, 1, 0, 0, 32)]
    [InlineData(28, 28, 0.875, 1, 1, 25)]
    [InlineData(1, 1, 0.1, 0, 0, 1)]
    [InlineData(1, 900, 1, 0, 449, 1)]
    public void Center_of(int width, int height, double keep, int x, int y, int side) =>
        Assert.Equal(new CropBox(x, y, side, side), ViewSampler.Center(Paper with { EvaluationCrop = keep }, width, height).Crop);

    // What is drawn last moves nothing that was drawn before: views of recipes without it are what they were.
    [Fact]
    public void Vertical_flips_and_turns_change_nothing_else()
    {
        var turning = Paper with { VerticalFlipProbability = 1, QuarterTurnProbability = 1 };
        Assert.All(Sample(Paper, 0, 500).Zip(Sample(turning, 0, 500)), pair =>
        {
            Assert.Equal((false, 0), (pair.First.FlipVertically, pair.First.QuarterTurns));
            Assert.True(pair.Second.FlipVertically);
            Assert.Equal(pair.First, pair.Second with { FlipVertically = false, QuarterTurns = 0 });
        });
    }

    [Theory]
    [InlineData(1, 0.25)]
    [InlineData(0.4, 0.1)]
    public void Every_quarter_is_as_likely(double probability, double each)
    {
        var plans = Sample(Paper with { QuarterTurnProbability = probability, VerticalFlipProbability = 0.3 }, 1).ToList();
        foreach (var turns in (int[])[1, 2, 3]) Statistics.AssertFrequency(plans.Count(p => p.QuarterTurns == turns), Draws, each);
        Statistics.AssertFrequency(plans.Count(p => p.FlipVertically), Draws, 0.3);
        Statistics.AssertFrequency(plans.Count(p => p.FlipVertically && p.QuarterTurns == 1), Draws, 0.3 * each);
    }

    private static bool Has(ViewPlan plan, string what) => what switch
    {
        "flip" => plan.Flip, "jitter" => plan.Jitter is not null, "grayscale" => plan.Grayscale,
            "blur" => plan.BlurSigma > 0, _ => plan.Solarize,
    };

    private static IEnumerable<ViewPlan> Sample(ViewOptions options, int view, int draws = Draws)
    {
        var sampler = new ViewSampler(options, 42);
        return Enumerable.Range(0, draws).Select(i => sampler.Sample(500, 375, 0, i, view));
    }
}
