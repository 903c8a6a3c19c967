using Byol.Evaluation;
using Byol.Method;
using static TorchSharp.torch;

namespace Byol.Tests.Evaluation;

public sealed class GeometryTests
{
    // 700 rows are more than a block of pairs; the offset gives features a common direction, as ReLU does.
    [Theory]
    [InlineData(40, 7, 0)]
    [InlineData(700, 12, 0)]
    [InlineData(60, 20, 3)]
    public void Every_figure_is_that_of_numpy(int count, int dimensions, double offset)
    {
        using var scope = NewDisposeScope();
        var (features, others) = (Drawn(count, dimensions, 1) + offset, Drawn(count, dimensions, 2) + offset);

        var answer = Oracle.Ask("geometry.py", [("features", features), ("others", others)]);

        Assert.Equal(answer["std"].item<double>(), Geometry.NormalizedStd(features), 1e-9);
        Assert.Equal(answer["rank"].item<double>(), Geometry.EffectiveRank(features), 1e-9);
        Assert.Equal(answer["alignment"].item<double>(), Geometry.Alignment(features, others), 1e-9);
        Assert.Equal(answer["uniformity"].item<double>(), Geometry.Uniformity(features), 1e-9);
        Assert.Equal(answer["spectrum"].data<double>().ToArray(), Geometry.Spectrum(features), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void The_std_is_that_which_training_logs()
    {
        using var scope = NewDisposeScope();
        var features = Drawn(50, 9, 3);
        Assert.Equal(3 * EmbeddingSpread.StandardDeviation(features), Geometry.NormalizedStd(features), 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    public void The_rank_of_isotropic_features_is_their_dimension_at_any_scale(int dimensions)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(dimensions, Geometry.EffectiveRank(cat([eye(dimensions), eye(dimensions)]) * 1e-3), 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1e4)]
    public void A_constant_has_rank_1_no_spread_and_the_highest_uniformity(double value)
    {
        using var scope = NewDisposeScope();
        var features = zeros(30, 8) + value;
        Assert.Equal(1, Geometry.EffectiveRank(features), 1e-6);
        Assert.Equal(0, Geometry.NormalizedStd(features), 1e-9);
        Assert.Equal(0, Geometry.Alignment(features, features));
        Assert.All(Geometry.Spectrum(features), s => Assert.Equal(0, s, 1e-9));
        if (value != 0) Assert.Equal(0, Geometry.Uniformity(features), 1e-9);
    }

    [Fact]
    public void Features_of_k_directions_have_at_most_rank_k_and_k_singular_values()
    {
        using var scope = NewDisposeScope();
        var features = Drawn(100, 3, 4).mm(Drawn(3, 16, 5));
        Assert.InRange(Geometry.EffectiveRank(features), 1.5, 3);
        var spectrum = Geometry.Spectrum(features);
        Assert.Equal(16, spectrum.Count);
        Assert.Equal(spectrum.OrderDescending(), spectrum);
        Assert.Equal(3, spectrum.Count(s => s > 1e-9 * spectrum[0]));
    }

    [Fact]
    public void Uniformity_reaches_its_bound_where_two_images_are_opposite()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(-8, Geometry.Uniformity(tensor(new[] { 3f, 4f, -6f, -8f }).reshape(2, 2)), 1e-6);
        Assert.InRange(Geometry.Uniformity(Drawn(400, 128, 6)), -4.1, -3.8);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(-2, 4)]
    public void Alignment_goes_from_equal_to_opposite_whatever_the_lengths(double factor, double alignment)
    {
        using var scope = NewDisposeScope();
        var features = Drawn(20, 6, 7);
        Assert.Equal(alignment, Geometry.Alignment(features, features * factor), 1e-6);
    }

    private static Tensor Drawn(int count, int dimensions, int seed)
    {
        using var random = new Generator((ulong)seed);
        return randn([count, dimensions], generator: random);
    }
}
