using Byol.Optim;
using CsCheck;
using Parameter = TorchSharp.Modules.Parameter;
using static TorchSharp.torch;

namespace Byol.Tests.Optim;

/// <summary>What Muon promises beside equality to its oracle (OptimizersTests): directions equally long, norms that stay.</summary>
public sealed class MuonTests
{
    private static readonly Gen<(int Rows, int Columns, int Seed)> Matrices = Gen.Select(Gen.Int[1, 24], Gen.Int[1, 24], Gen.Int[0, 10_000]);

    [Fact]
    public void Directions_end_about_equally_long_and_keep_their_place() => Matrices.Sample(drawn =>
    {
        using var scope = NewDisposeScope();
        var matrix = Drawn(drawn.Seed, drawn.Rows, drawn.Columns);
        var (u, s, vh) = linalg.svd(matrix, fullMatrices: false);
        var result = Orthogonal.Of(matrix, ScalarType.Float64);

        var turned = u.t().mm(result).mm(vh.t());   // diagonal, if singular vectors are the matrix's
        var ends = turned.diagonal();
        TensorAssert.Close(diag(ends), turned, 1e-9, "beside the diagonal");
        var share = s.div(s.norm());
        foreach (var (end, begin) in ends.data<double>().ToArray().Zip(share.data<double>().ToArray()))
        {
            if (begin > 0.01) Assert.InRange(end, 0.68, 1.14);
            else Assert.InRange(end, -1e-9, 1.21);
        }
    }, iter: 100);

    [Fact]
    public void Bfloat16_products_give_nearly_the_same_direction()
    {
        using var scope = NewDisposeScope();
        var matrix = Drawn(7, 160, 400).to(ScalarType.Float32);
        var (exact, rough) = (Orthogonal.Of(matrix, ScalarType.Float32), Orthogonal.Of(matrix, ScalarType.BFloat16));
        Assert.Equal(ScalarType.Float32, rough.dtype);
        var cosine = exact.mul(rough).sum().div(exact.norm().mul(rough.norm())).item<float>();
        Assert.InRange(cosine, 0.999f, 1.0001f);
    }

    [Fact]
    public void A_kernel_keeps_its_norm_and_turns_by_the_rate() => Matrices.Sample(drawn =>
    {
        using var scope = NewDisposeScope();
        using var parameters = new FlatParameters([("encoder.kernel", new Parameter(Drawn(drawn.Seed, drawn.Rows + 1, drawn.Columns, 3, 3)))], trained: true);
        using var muon = new OptimizerOptions { Kind = OptimizerKind.Muon, WeightDecay = 0.5, DecayNormsAndBiases = true }.Create(parameters);
        var before = parameters.Values.clone();
        parameters.Gradients.copy_(Drawn(drawn.Seed + 1, (int)before.numel()));
        muon.Step(0.01);

        var norm = before.norm().item<double>();
        Assert.Equal(norm, parameters.Values.norm().item<double>(), norm * 1e-12);
        var moved = parameters.Values.sub(before).norm().item<double>() / norm;
        Assert.InRange(moved, 0.0085, 0.0101);   // what is along the weights is undone by scaling back
    }, iter: 50);

    // Beside each other, or in the other order: no part looks at the other.
    [Fact]
    public void Its_two_parts_can_be_done_in_any_order()
    {
        using var scope = NewDisposeScope();
        var options = new OptimizerOptions { Kind = OptimizerKind.Muon };
        var results = new List<Tensor>();
        foreach (var both in (Action<Action, Action>[])[(a, b) => { a(); b(); }, (a, b) => { b(); a(); }, (a, b) => Parallel.Invoke(a, b)])
        {
            using var parameters = new FlatParameters(
                [.. Enumerable.Range(2, 7).Select(n => ($"matrix{n}", new Parameter(Drawn(n, n, 2 * n)))), ("vector", new Parameter(Drawn(1, 5)))],
                trained: true);
            using var muon = options.Create(parameters, both: both);
            parameters.Gradients.copy_(Drawn(2, (int)parameters.Values.numel()));
            muon.Step(0.05);
            results.Add(parameters.Values.clone());
        }
        TensorAssert.Same(results[0], results[1], "the other order");
        TensorAssert.Same(results[0], results[2], "beside each other");
    }

    [Fact]
    public void A_matrix_without_a_gradient_stays()
    {
        using var scope = NewDisposeScope();
        using var parameters = new FlatParameters([("matrix", new Parameter(Drawn(1, 4, 3)))], trained: true);
        using var muon = new OptimizerOptions { Kind = OptimizerKind.Muon }.Create(parameters);
        var before = parameters.Values.clone();
        muon.Step(0.1);
        TensorAssert.Close(before, parameters.Values, 1e-12, "values");
    }

    [Fact]
    public void Weights_of_zero_are_refused_by_name()
    {
        using var scope = NewDisposeScope();
        using var parameters = new FlatParameters([("encoder.gate", new Parameter(zeros(4, 3)))], trained: true);
        var error = Assert.Throws<ArgumentException>(() => new OptimizerOptions { Kind = OptimizerKind.Muon }.Create(parameters));
        Assert.Equal(
            "All weights of encoder.gate are 0, and Muon moves weights by a share of their norm; draw them at random, or set optimizer.kind = \"sgd\".",
            error.Message);
    }

    private static Tensor Drawn(int seed, params int[] shape)
    {
        using var random = new Generator((ulong)seed);
        return randn([.. shape.Select(n => (long)n)], ScalarType.Float64, generator: random);
    }
}
