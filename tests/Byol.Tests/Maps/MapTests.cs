using Byol.Maps;
using static TorchSharp.torch;

namespace Byol.Tests.Maps;

public sealed class MapTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 3, 1)]
    [InlineData(37, 5, 4)]
    [InlineData(300, 33, 10)]
    [InlineData(530, 64, 90)]
    public void Neighbors_are_those_that_comparing_all_pairs_finds(int count, int dimension, int k)
    {
        var values = Clouds.Make(count, dimension, 5);
        var graph = NeighborGraph.Of(new UnitRows(values, dimension), k, null, Cancellation);
        Assert.Equal(Math.Min(k, count - 1), graph.K);
        var bank = tensor(values).reshape(count, dimension);
        var cosines = bank.mm(bank.t());
        using TorchSharp.Scalar itself = -9;
        cosines.diagonal().fill_(itself);
        var (expected, places) = cosines.topk(graph.K, 1);
        Assert.All(expected.data<float>().ToArray().Zip(graph.Similarities), p => Assert.Equal(p.First, p.Second, 1e-5f));
        var same = places.data<long>().ToArray().Zip(graph.Indices).Count(p => p.First == p.Second);
        Assert.InRange(same, graph.Indices.Length * 99 / 100, graph.Indices.Length);      // cosines within rounding may change places
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 8)]
    [InlineData(200, 7)]
    [InlineData(500, 64)]
    public void The_plane_is_that_of_the_singular_value_decomposition(int count, int dimension)
    {
        var values = Clouds.Make(count, dimension, 4);
        var plane = PrincipalPlane.Of(new UnitRows(values, dimension), Cancellation);
        var bank = tensor(values).reshape(count, dimension).to(ScalarType.Float64);
        var (u, s, _) = linalg.svd(bank - bank.mean([0], keepdim: true), fullMatrices: false);
        var expected = (u * s).t();
        double[][] found = [plane.X, plane.Y];
        for (var axis = 0; axis < Math.Min(2, Math.Min(count - 1, dimension)); axis++)
        {
            var theirs = expected[axis].data<double>().ToArray();
            var sign = Math.Sign(theirs.Zip(found[axis], (a, b) => a * b).Sum());
            Assert.All(theirs.Zip(found[axis]), p => Assert.Equal(p.First, sign * p.Second, 5e-3));
        }
    }

    [Fact]
    public void Vectors_that_are_all_the_same_have_a_map_too()
    {
        var map = ImageMap.Of(Enumerable.Repeat(0.5f, 40 * 8).ToArray(), 8).Arrange(null, Cancellation);
        Assert.All(map.Plane.X.Concat(map.Plane.Y).Concat(map.Near!.X).Concat(map.Near.Y), v => Assert.True(double.IsFinite(v)));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.01)]
    public void Squares_push_as_their_points_do(double theta)
    {
        var random = new Random(3);
        var (x, y) = (Draw(), Draw());
        (x[7], y[7]) = (x[8], y[8]);      // two in one place
        var tree = new QuadTree(x.Length, theta);
        tree.Build(x, y);
        for (var i = 0; i < x.Length; i += 9)
        {
            var (q, fx, fy) = tree.Repulsion(x[i], y[i]);
            double sum = 0, sx = 0, sy = 0;
            for (var j = 0; j < x.Length; j++)
            {
                var (dx, dy) = (x[i] - x[j], y[i] - y[j]);
                var each = 1 / (1 + dx * dx + dy * dy);
                (sum, sx, sy) = (sum + each, sx + each * each * dx, sy + each * each * dy);
            }
            var close = theta < 0.1 ? 1e-3 : 0.05;
            Assert.InRange(q / sum, 1 - close, 1 + close);
            Assert.InRange(Math.Abs(fx - sx) + Math.Abs(fy - sy), 0, close * (Math.Abs(sx) + Math.Abs(sy) + 1));
        }

        double[] Draw() => [.. Enumerable.Range(0, 400).Select(_ => 10 * random.NextDouble() - 5)];
    }

    [Fact]
    public void Affinities_are_a_distribution_of_the_perplexity_asked_for()
    {
        var graph = NeighborGraph.Of(Clouds.Rows(200, 16, 4), 60, null, Cancellation);
        var affinities = Affinities.Of(graph, 20);
        Assert.Equal(1, affinities.Values.Sum(), 1e-9);
        for (var i = 0; i < 200; i++)       // symmetric
        {
            for (var e = affinities.Starts[i]; e < affinities.Starts[i + 1]; e++)
            {
                var j = affinities.Others[e];
                var back = Array.IndexOf(affinities.Others, i, affinities.Starts[j], affinities.Starts[j + 1] - affinities.Starts[j]);
                Assert.Equal(affinities.Values[e], affinities.Values[back], 1e-12);
            }
        }
    }

    [Fact]
    public void The_map_keeps_who_is_near_whom_as_well_as_that_of_scikit_learn()
    {
        const int count = 300, dimension = 24;
        var values = Clouds.Make(count, dimension, 12, spread: 1.2);
        var map = ImageMap.Of(values, dimension).Arrange(null, Cancellation);
        var places = tensor(map.Near!.X.Zip(map.Near.Y).SelectMany(p => new[] { (float)p.First, (float)p.Second }).ToArray());
        var scores = Oracle.Ask("trustworthiness.py",
            [("vectors", tensor(values).reshape(count, dimension)), ("map", places.reshape(count, 2))])["scores"].data<double>().ToArray();
        Assert.True(scores[0] > scores[1] - 0.01, $"{scores[0]:F4} against {scores[1]:F4}");
    }

    [Fact]
    public void It_is_the_same_every_time()
    {
        var values = Clouds.Make(150, 16, 3);
        var (one, other) = (ImageMap.Of(values, 16).Arrange(null, Cancellation), ImageMap.Of(values, 16).Arrange(null, Cancellation));
        Assert.Equal(one.Near!.X, other.Near!.X);
        Assert.Equal(one.Plane.X, other.Plane.X);
    }

    [Fact]
    public void Near_duplicates_and_outliers_are_found()
    {
        var values = Clouds.Make(100, 24, 1, spread: 0.5);
        values.AsSpan(0, 24).CopyTo(values.AsSpan(50 * 24));              // 50 is 0 again
        for (var d = 0; d < 24; d++) values[99 * 24 + d] = -values[d];    // 99 is the opposite of everything
        var map = ImageMap.Of(values, 24).FindNeighbors(null, Cancellation);
        var closest = map.Duplicates()[0];
        Assert.Equal((0, 50), (closest.A, closest.B));
        Assert.Equal(1, closest.Similarity, 1e-5f);
        Assert.Equal(99, map.Outliers()[0].Image);
    }

    [Fact]
    public void It_ends_when_it_is_told_to()
    {
        using var ending = new CancellationTokenSource();
        var map = ImageMap.Of(Clouds.Make(300, 8, 3), 8);
        Assert.ThrowsAny<OperationCanceledException>(() => map.Arrange(_ => ending.Cancel(), ending.Token));
        Assert.Null(map.Near);
    }
}
