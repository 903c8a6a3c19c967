using Byol.Data.Kernels;
using Byol.Data.Views;

namespace Byol.Tests.Views;

public sealed class ViewPlanTests
{
    private static readonly ViewPlan Plain = new(new CropBox(3, 4, 50, 60), false, null, false, 0, false);
    private static readonly Jitter Jitter = new(1.2f, 0.805f, 1, -0.05f, 0);

    private static readonly (ViewPlan Plan, string Words)[] Plans =
    [
        (Plain, "crop 50x60 at (3,4)"),
        (Plain with { Flip = true }, "crop 50x60 at (3,4), flipped"),
        (Plain with { FlipVertically = true, QuarterTurns = 3 }, "crop 50x60 at (3,4), upside down, turned 270°"),
        (Plain with { Window = new(0, 8, 32, 16) }, "crop 50x60 at (3,4), in 32x16 at (0,8) of the view"),
        (Plain with { Grayscale = true }, "crop 50x60 at (3,4), gray"),
        (Plain with { BlurSigma = 0.5f }, "crop 50x60 at (3,4), blur σ 0.50"),
        (Plain with { Solarize = true }, "crop 50x60 at (3,4), solarized"),
        (Plain with { Jitter = Jitter }, "crop 50x60 at (3,4), brightness 1.20, contrast 0.81, saturation 1.00, hue -0.05"),
        (Plain with { Jitter = Jitter with { Order = 23, Hue = 0.1f } },
            "crop 50x60 at (3,4), hue +0.10, saturation 1.00, contrast 0.81, brightness 1.20"),
        (Plain with { Jitter = Jitter with { Hue = -0.001f } }, "crop 50x60 at (3,4), brightness 1.20, contrast 0.81, saturation 1.00, hue +0.00"),
        (Plain with { Flip = true, Jitter = Jitter with { Order = 6 }, Grayscale = true, BlurSigma = 2, Solarize = true },
            "crop 50x60 at (3,4), flipped, contrast 0.81, brightness 1.20, saturation 1.00, hue -0.05, gray, blur σ 2.00, solarized"),
    ];

    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, Plans.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_plan_is_told_in_the_order_it_is_carried_out(int i) => Assert.Equal(Plans[i].Words, Plans[i].Plan.ToString());

    [Theory]
    [InlineData(256, 256, 32, 8)]
    [InlineData(255, 256, 32, 4)]
    [InlineData(256, 127, 32, 2)]
    [InlineData(64, 2000, 32, 2)]
    [InlineData(63, 2000, 32, 1)]
    [InlineData(1, 1, 32, 1)]
    [InlineData(5000, 4000, 1, 8)]
    public void A_box_shrinks_as_long_as_each_side_has_the_size(int width, int height, int size, int times) =>
        Assert.Equal(times, new CropBox(3, 4, width, height).Reduction(size));

    [Theory]
    [InlineData(2000, 300, 128, 8)]    // becomes 128 x 19
    [InlineData(1000, 100, 128, 4)]
    [InlineData(100, 4, 128, 1)]
    public void A_padded_image_shrinks_as_long_as_its_window_is_filled(int width, int height, int size, int times) => Assert.Equal(times,
        (Plain with { Crop = new(0, 0, width, height), Window = Window.Containing(size, width, height) }).Reduction(size));

    [Fact]
    public void Every_order_is_another_permutation()
    {
        var orders = Enumerable.Range(0, 24)
            .Select(order => Enumerable.Range(0, 4).Select(p => (Jitter with { Order = order }).Step(p)).ToArray()).ToArray();
        Assert.All(orders, o => Assert.Equal(4, o.Distinct().Count()));
        Assert.Equal(24, orders.Select(o => string.Join(' ', o)).Distinct().Count());
    }
}
