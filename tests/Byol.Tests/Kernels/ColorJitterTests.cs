using Byol.Data.Kernels;
using CsCheck;

namespace Byol.Tests.Kernels;

public sealed class ColorJitterTests
{
    private static readonly Dictionary<string, (Action<float[], float> Apply, float Nothing)> Operations = new()
    {
        ["brightness"] = ((v, f) => ColorJitter.Brightness(v, f), 1),
        ["contrast"] = ((v, f) => ColorJitter.Contrast(v, f), 1),
        ["saturation"] = ((v, f) => ColorJitter.Saturation(v, f), 1),
        ["hue"] = ((v, f) => ColorJitter.Hue(v, f), 0),
    };

    public static TheoryData<string> Names() => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_neutral_factor_changes_nothing(string operation)
    {
        var (apply, nothing) = Operations[operation];
        ViewGen.Any.Sample(view => view.After(v => apply(v, nothing)).IsClose(view));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_stay_within_0_and_1(string operation)
    {
        var apply = Operations[operation].Apply;
        var factor = operation == "hue" ? Gen.Float[-0.5f, 0.5f] : Gen.Float[0, 5];
        Gen.Select(ViewGen.Any, factor).Sample((view, f) => view.After(v => apply(v, f)).All(v => v is >= 0 and <= 1), iter: 1000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Black_stays_black(string operation) =>
        Assert.All(new float[12].After(v => Operations[operation].Apply(v, 0.3f)), v => Assert.Equal(0, v));

    [Fact]
    public void Brightness_multiplies_and_clips()
    {
        float[] view = [0.1f, 0.4f, 0.9f];
        ColorJitter.Brightness(view, 1.5f);
        Assert.True(view.IsClose([0.15f, 0.6f, 1f]));
    }

    [Fact]
    public void No_brightness_is_black() => ViewGen.Any.Sample(view => view.After(v => ColorJitter.Brightness(v, 0)).All(v => v == 0));

    [Fact]
    public void No_contrast_is_the_mean_luma_everywhere()
    {
        float[] view = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1];
        var mean = (0.2989f + 0.587f + 0.114f + (0.2989f + 0.587f + 0.114f)) / 4;
        ColorJitter.Contrast(view, 0);
        Assert.All(view, v => Assert.Equal(mean, v, 1e-6f));
    }

    [Fact]
    public void Contrast_keeps_the_mean_luma_where_nothing_clips() =>
        Gen.Select(Gen.Float[0.3f, 0.7f].Array[48], Gen.Float[0, 1.5f]).Sample((view, f) =>
        Math.Abs(MeanLuma(view) - MeanLuma(view.After(v => ColorJitter.Contrast(v, f)))) < 2e-4);

    [Fact]
    public void No_saturation_is_gray() => ViewGen.Any.Sample(view =>
        view.After(v => ColorJitter.Saturation(v, 0)).IsClose(view.After(v => Grayscale.Apply(v))));

    // The luma's digits sum to 0.9999.
    [Fact]
    public void Saturation_leaves_gray_alone() => Gen.Select(Gen.Float[0, 1], Gen.Float[0, 3]).Sample((gray, f) =>
        Math.Abs(new[] { gray, gray, gray }.After(v => ColorJitter.Saturation(v, f))[1] - gray) < 3e-4);

    [Theory]
    [InlineData(0, 1, 0, 0)]
    [InlineData(1.0 / 3, 0, 1, 0)]
    [InlineData(-1.0 / 3, 0, 0, 1)]
    [InlineData(0.5, 0, 1, 1)]
    [InlineData(-0.5, 0, 1, 1)]
    [InlineData(1.0 / 6, 1, 1, 0)]
    [InlineData(-1.0 / 6, 1, 0, 1)]
    [InlineData(1.0 / 12, 1, 0.5, 0)]
    [InlineData(-1.0 / 12, 1, 0, 0.5)]
    [InlineData(1, 1, 0, 0)]
    [InlineData(-1, 1, 0, 0)]
    public void Hue_turns_red(double shift, double red, double green, double blue)
    {
        var view = new[] { 1f, 0f, 0f }.After(v => ColorJitter.Hue(v, (float)shift));
        Assert.True(view.IsClose([(float)red, (float)green, (float)blue], 1e-6f), string.Join(' ', view));
    }

    [Fact]
    public void Hue_has_period_1() => Gen.Select(ViewGen.Any, Gen.Float[-0.5f, 0.5f]).Sample((view, shift) =>
        view.After(v => ColorJitter.Hue(v, shift)).IsClose(view.After(v => ColorJitter.Hue(v, shift + 1)), 1e-5f));

    [Fact]
    public void Half_a_turn_either_way_is_the_same() => ViewGen.Any.Sample(view =>
        view.After(v => ColorJitter.Hue(v, 0.5f)).IsClose(view.After(v => ColorJitter.Hue(v, -0.5f)), 1e-5f));

    [Fact]
    public void Hue_turns_back() => Gen.Select(ViewGen.Any, Gen.Float[-0.5f, 0.5f]).Sample((view, shift) =>
        view.After(v => ColorJitter.Hue(v, shift)).After(v => ColorJitter.Hue(v, -shift)).IsClose(view, 2e-5f));

    [Fact]
    public void Hue_keeps_each_pixels_largest_and_smallest_value() =>
        Gen.Select(ViewGen.Any, Gen.Float[-0.5f, 0.5f]).Sample((view, shift) =>
    {
        var turned = view.After(v => ColorJitter.Hue(v, shift));
        return view.Chunk(3).Zip(turned.Chunk(3)).All(p =>
            Math.Abs(p.First.Max() - p.Second.Max()) < 1e-6 && Math.Abs(p.First.Min() - p.Second.Min()) < 1e-6);
    });

    [Fact]
    public void Every_corner_of_the_color_cube_turns_to_a_corner_by_sixths()
    {
        for (var corner = 0; corner < 8; corner++)
        {
            for (var sixth = -3; sixth <= 3; sixth++)
            {
                float[] view = [corner & 1, corner >> 1 & 1, corner >> 2];
                ColorJitter.Hue(view, sixth / 6f);
                Assert.All(view, v => Assert.True(Math.Min(Math.Abs(v), Math.Abs(v - 1)) < 1e-6, $"corner {corner}, {sixth} sixths: {v}"));
            }
        }
    }

    private static double MeanLuma(float[] view) => view.Chunk(3).Average(p => (double)Grayscale.Luma(p[0], p[1], p[2]));
}
