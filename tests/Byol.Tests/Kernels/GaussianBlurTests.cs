using Byol.Data.Kernels;
using CsCheck;

namespace Byol.Tests.Kernels;

public sealed class GaussianBlurTests
{
    public static TheoryData<int, double> KernelsAndSigmas() =>
        [.. from kernel in new[] { 3, 5, 7, 9, 23 } from sigma in new[] { 0.1, 0.5, 1, 1.37, 2 } select (kernel, sigma)];

    [Theory]
    [MemberData(nameof(KernelsAndSigmas))]
    public void An_impulse_sums_to_1_and_spreads_by_sigma(int kernel, double sigma)
    {
        const int Size = 41, Middle = 20;
        var view = new float[Size * Size * 3];
        view[(Middle * Size + Middle) * 3 + 1] = 1;
        new GaussianBlur(Size, kernel).Apply(view, (float)sigma);

        var (sum, secondX, secondY) = (0.0, 0.0, 0.0);
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var value = view[(y * Size + x) * 3 + 1];
                Assert.Equal(0, view[(y * Size + x) * 3]);
                Assert.Equal(0, view[(y * Size + x) * 3 + 2]);
                sum += value;
                secondX += value * Math.Pow(x - Middle, 2);
                secondY += value * Math.Pow(y - Middle, 2);
            }
        }
        Assert.Equal(1, sum, 1e-5);
        Assert.Equal(Variance(kernel, sigma), secondX, 1e-4);
        Assert.Equal(secondX, secondY, 1e-4);
    }

    [Fact]
    public void The_papers_kernel_is_wide_enough_for_its_largest_sigma()
    {
        Assert.Equal(4, Variance(23, 2), 1e-3);
        Assert.Equal(1, Variance(23, 1), 1e-6);
    }

    [Fact]
    public void A_constant_stays_constant() =>
        Gen.Select(Gen.Float[0, 1], Gen.Int[4, 16], Gen.Int[0, 3], Gen.Float[0.05f, 5]).Sample((value, size, half, sigma) =>
    {
        var view = Enumerable.Repeat(value, size * size * 3).ToArray();
        return view.After(v => new GaussianBlur(size, 2 * half + 1).Apply(v, sigma)).IsClose(view);
    });

    [Fact]
    public void Values_stay_within_the_views_own() =>
        Gen.Select(ViewGen.Square, Gen.Int[1, 3], Gen.Float[0.05f, 5]).Sample((square, half, sigma) =>
    {
        var blurred = square.View.After(v => new GaussianBlur(square.Size, 2 * half + 1).Apply(v, sigma));
        return blurred.Max() <= square.View.Max() + 1e-6 && blurred.Min() >= square.View.Min() - 1e-6;
    });

    [Fact]
    public void A_very_small_sigma_changes_nothing() => ViewGen.Square.Sample(square =>
        square.View.After(v => new GaussianBlur(square.Size, 3).Apply(v, 0.05f)).IsClose(square.View));

    [Fact]
    public void A_mirrored_view_blurs_to_a_mirrored_view() => Gen.Select(ViewGen.Square, Gen.Float[0.1f, 2]).Sample((square, sigma) =>
    {
        var blur = new GaussianBlur(square.Size, 5);
        var mirroredLast = square.View.After(v => blur.Apply(v, sigma)).After(v => Flip.Apply(v, square.Size));
        var mirroredFirst = square.View.After(v => Flip.Apply(v, square.Size)).After(v => blur.Apply(v, sigma));
        return mirroredFirst.IsClose(mirroredLast);
    });

    [Fact]
    public void A_used_kernel_gives_what_a_fresh_one_gives()
    {
        var (first, second) = (Images.Pictures.View("noise", 12), Images.Pictures.View("extremes", 12));
        var used = new GaussianBlur(12, 7);
        first.After(v => used.Apply(v, 2));
        Assert.Equal(second.After(v => new GaussianBlur(12, 7).Apply(v, 0.8f)), second.After(v => used.Apply(v, 0.8f)));
    }

    [Fact]
    public void Edges_are_reflected_without_repeating_the_edge()
    {
        // A row 1 0 0 … with weights w1 w0 w1: the first keeps w0, and gets twice its neighbor, not itself again.
        var view = new float[8 * 8 * 3];
        for (var y = 0; y < 8; y++) view[y * 24 + 3] = 1;
        new GaussianBlur(8, 3).Apply(view, 1);
        var side = Math.Exp(-0.5) / (1 + 2 * Math.Exp(-0.5));
        Assert.Equal(2 * side, view[0], 1e-6);
        Assert.Equal(1 - 2 * side, view[3], 1e-6);
        Assert.Equal(side, view[6], 1e-6);
    }

    /// <summary>The variance of the sampled, cut-off Gaussian: σ² where the kernel is wide and σ not tiny.</summary>
    private static double Variance(int kernel, double sigma)
    {
        var offsets = Enumerable.Range(-(kernel / 2), kernel).ToArray();
        double Weight(int i) => Math.Exp(-i * i / (2 * sigma * sigma));
        return offsets.Sum(i => Weight(i) * i * i) / offsets.Sum(Weight);
    }
}
