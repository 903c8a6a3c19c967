using Byol.Distributed;
using Byol.Method;
using CsCheck;
using static TorchSharp.torch;

namespace Byol.Tests.Method;

/// <summary>2R/B of B projections in d dimensions: log(1 + d/ε²)/B where all are equal, log(1 + d/(Bε²)) where they are orthogonal, and between
/// them otherwise; blind to their lengths and order. Values and gradients against PyTorch: <see cref="StepEqualsPyTorchTests"/>.</summary>
public sealed class CodingRateTests
{
    private const double SquaredDistortion = 0.2;

    [Theory]
    [InlineData(1, 4)]
    [InlineData(6, 4)]
    [InlineData(3, 16)]
    public void Equal_projections_have_the_least(int images, int dimensions)
    {
        using var scope = NewDisposeScope();
        var z = Drawn(1, 1, dimensions).expand(images, dimensions);
        Assert.Equal(Math.Log(1 + dimensions / SquaredDistortion) / images, Rate(z), 1e-10);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(3, 16)]
    public void Orthogonal_projections_have_the_most(int images, int dimensions)
    {
        using var scope = NewDisposeScope();
        var z = eye(images, dimensions, dtype: ScalarType.Float64) * 3;
        Assert.Equal(Math.Log(1 + dimensions / (images * SquaredDistortion)), Rate(z), 1e-10);
    }

    [Fact]
    public void Others_lie_between_and_neither_length_nor_order_matters() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[2, 12], Gen.Int[1, 1000]).Sample((images, dimensions, seed) =>
        {
            using var scope = NewDisposeScope();
            var z = Drawn(seed, images, dimensions);
            var rate = Rate(z);
            var most = Math.Min(images, dimensions) * Math.Log(1 + dimensions / (Math.Min(images, dimensions) * SquaredDistortion)) / images;
            Assert.InRange(rate, Math.Log(1 + dimensions / SquaredDistortion) / images - 1e-9, most + 1e-9);
            Assert.Equal(rate, Rate(z.flip(0) * (rand([images, 1], ScalarType.Float64) + 0.1)), 1e-9);
        }, iter: 50);

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.BFloat16, 2e-2)]
    public void Heads_of_another_type_give_it_in_single_precision(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var z = Drawn(1, 64, 256);
        var rate = CodingRate.OfImage(z.to(type), SingleProcess.Instance);
        Assert.Equal(ScalarType.Float32, rate.dtype);
        Assert.Equal(Rate(z), rate.item<float>(), tolerance);
    }

    // The loss is not what is minimized then, but stays what is reported.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_step_spreads_projections_and_reports_the_loss(bool parallel)
    {
        using var scope = NewDisposeScope();
        var (without, with) = (Taken(0), Taken(1));
        Assert.Equal(without.First, with.First, 1e-6);
        Assert.True(with.Rate > without.Rate + 0.05, $"{with.Rate} {without.Rate}");

        (double First, double Rate) Taken(double weight)
        {
            using var state = TinyByol.State(TinyByol.Heads with { CodingRateWeight = weight });
            state.Parallel = parallel;
            var first = ByolStep.Take(state, TinyByol.Views(1), 0.1, 0.9).Loss;
            for (var step = 0; step < 20; step++) ByolStep.Take(state, TinyByol.Views(1), 0.1, 0.9);
            using var _ = no_grad();
            return (first, Rate(state.Online.Outputs(TinyByol.Views(1).First).Z));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_view_that_is_not_finite_is_named_with_it_too(bool parallel)
    {
        using var scope = NewDisposeScope();
        using var state = TinyByol.State(TinyByol.Heads with { CodingRateWeight = 0.5 });
        state.Parallel = parallel;
        var views = TinyByol.Views(1);
        views.Second[3, 0, 0, 0] = float.NaN;
        Assert.Equal("view v'", Assert.Throws<NonFiniteException>(() => ByolStep.Take(state, views, 0.1, 0.9)).Tensor);
    }

    private static double Rate(Tensor z) => CodingRate.OfImage(z, SingleProcess.Instance).to(ScalarType.Float64).item<double>();

    private static Tensor Drawn(int seed, int images, int dimensions)
    {
        using var random = new Generator((ulong)seed);
        return randn([images, dimensions], ScalarType.Float64, generator: random);
    }
}
