using Byol.Distributed;
using Byol.Models;
using static TorchSharp.torch;

namespace Byol.Tests.Distributed;

/// <summary>A batch in parts, on ranks, is normalized as the whole: output, gradients, running statistics.</summary>
public sealed class SynchronizedBatchNormTests
{
    private const int Batch = 8;

    [Theory]
    [InlineData(ScalarType.Float64, 2, new long[] { 5, 3, 4 }, 1e-12)]
    [InlineData(ScalarType.Float64, 4, new long[] { 5, 3, 4 }, 1e-12)]
    [InlineData(ScalarType.Float64, 2, new long[] { 7 }, 1e-12)]
    [InlineData(ScalarType.Float64, 4, new long[] { 7 }, 1e-12)]
    [InlineData(ScalarType.Float32, 4, new long[] { 6, 5, 5 }, 5e-6)]
    [InlineData(ScalarType.BFloat16, 2, new long[] { 16, 8, 8 }, 3e-2)]
    public void It_is_as_one_process_would(ScalarType type, int ranks, long[] shape, double tolerance)
    {
        var whole = Pass(SingleProcess.Instance, type, shape);
        var parts = ThreadRanks.Run(ranks, rank => Pass(rank, type, shape));
        Near(whole.Output, [.. parts.SelectMany(p => p.Output)], tolerance);
        Near(whole.Input, [.. parts.SelectMany(p => p.Input)], tolerance);
        Near(whole.Weights, [.. parts[0].Weights.Select((_, i) => parts.Sum(p => p.Weights[i]))], tolerance);
        Assert.All(parts, p => Near(whole.Running, p.Running, tolerance));
        Assert.All(parts, p => Assert.Equal(parts[0].Running, p.Running));
    }

    // Far from zero the sum of squares is a thousand times the variance.
    [Fact]
    public void It_is_right_far_from_zero()
    {
        var whole = Pass(SingleProcess.Instance, ScalarType.Float64, [3, 2, 2], offset: 1e3);
        var parts = ThreadRanks.Run(2, rank => Pass(rank, ScalarType.Float64, [3, 2, 2], offset: 1e3));
        Near(whole.Output, [.. parts.SelectMany(p => p.Output)], 1e-8);
    }

    [Fact]
    public void In_evaluation_nobody_is_asked()
    {
        using var weights = new WeightSource(1, CPU);
        using var norm = new BatchNorm(3, weights);
        norm.Ranks = new Nobody();
        norm.eval();
        using var output = norm.forward(ones(2, 3));
        Assert.Equal([2L, 3], output.shape);
    }

    [Fact]
    public void Without_gradients_it_normalizes_alike()
    {
        var outputs = ThreadRanks.Run(2, rank =>
        {
            using var scope = NewDisposeScope();
            using var weights = new WeightSource(1, CPU, ScalarType.Float64);
            using var norm = new BatchNorm(4, weights) { Ranks = rank };
            var x = Part(rank, ScalarType.Float64, [4], 0);
            var with = norm.forward(x.detach().requires_grad_(true));
            using var _ = no_grad();
            return with.allclose(norm.forward(x), 0, 1e-15);
        });
        Assert.All(outputs, Assert.True);
    }

    private static (double[] Output, double[] Input, double[] Weights, double[] Running) Pass(
        ICollective ranks, ScalarType type, long[] shape, double offset = 0)
    {
        using var scope = NewDisposeScope();
        var master = type == ScalarType.Float64 ? type : ScalarType.Float32;
        using var weights = new WeightSource(1, CPU, master);
        using var norm = new BatchNorm(shape[0], weights) { Ranks = ranks };
        using (no_grad())
        {
            foreach (var (name, parameter) in norm.named_parameters()) parameter.copy_(arange(shape[0]).to(master) * 0.3 + 0.5);
        }
        var x = Part(ranks, type, shape, offset).requires_grad_(true);
        var y = norm.forward(x);
        using var random = new Generator(5);
        var direction = randn([Batch, .. shape], ScalarType.Float64, generator: random);
        var size = Batch / ranks.Count;
        (y.to(ScalarType.Float64) * direction.narrow(0, ranks.Rank * size, size)).sum().backward();
        return (Numbers(y), Numbers(x.grad!), [.. norm.named_parameters().SelectMany(p => Numbers(p.parameter.grad!))],
            [.. norm.named_buffers().SelectMany(b => Numbers(b.buffer))]);
    }

    private static Tensor Part(ICollective ranks, ScalarType type, long[] shape, double offset)
    {
        using var random = new Generator(3);
        var whole = randn([Batch, .. shape], ScalarType.Float64, generator: random) * 2 + 1 + offset;
        var part = whole.narrow(0, ranks.Rank * (Batch / ranks.Count), Batch / ranks.Count).to(type);
        return part.dim() == 4 ? part.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : part.contiguous();    // channels last
    }

    private static double[] Numbers(Tensor t) => t.detach().to(ScalarType.Float64).contiguous().flatten().data<double>().ToArray();

    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = expected.Max(Math.Abs);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() / scale, 0, tolerance);
    }

    private sealed class Nobody : ICollective
    {
        public int Rank => 0;

        public int Count => 2;

        public void Sum(Tensor values) => throw new InvalidOperationException();

        public void Sum(Span<double> values) => throw new InvalidOperationException();

        public void Max(Span<double> values) => throw new InvalidOperationException();

        public void Broadcast(Span<byte> bytes, int from) => throw new InvalidOperationException();

        public ICollective Duplicate() => this;

        public void Abort(int exitCode) => throw new InvalidOperationException();
    }
}
