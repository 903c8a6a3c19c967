using Byol.Data.Kernels;
using Byol.Distributed;
using Byol.Models.Normalization;
using Byol.Tests.Distributed;
using CsCheck;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Tests.Models.Normalization;

/// <summary>One operation gives what libtorch's batch_norm, add_ and relu_ give in fp64: output, gradients, running statistics.</summary>
public sealed class FusedNormTests
{
    private static readonly Gen<Case> Cases =
        from batch in Gen.Int[2, 5]
        from channels in Gen.Int[1, 70]
        from side in Gen.Int[0, 9]               // below 3: [B,C]
        from kernels in Gen.Int[0, KernelSet.All.Count - 1].Select(i => KernelSet.All[i])
        from half in Gen.Bool
        from residual in Gen.Bool
        from rectify in Gen.Bool
        from offset in Gen.Int[0, 2].Select(i => new double[] { 0, 3, -100 }[i])
        from seed in Gen.Int[1, 1000]
        select new Case(batch, channels, side, kernels, half ? ScalarType.BFloat16 : ScalarType.Float32, residual, rectify, offset, seed);

    private sealed record Case(
        int Batch, int Channels, int Side, KernelSet Kernels, ScalarType Type, bool Residual, bool Rectify, double Offset, int Seed)
    {
        // Among a few numbers the gradient is next to nothing, and all of it rounding.
        public long[] Shape => Side < 3 ? [Batch * 8, Channels] : [Batch, Channels, Side, Side + 1];

        public override string ToString() =>
            $"[{string.Join(',', Shape)}] {Type} {Kernels.Name} residual {Residual}, ReLU {Rectify}, offset {Offset}, seed {Seed}";
    }

    [Fact]
    public void It_equals_libtorch() => Cases.Sample(Check, iter: 300, threads: 1);

    // More than one block and more than one part.
    [Theory]
    [InlineData(64, 40)]
    [InlineData(24, 33)]
    [InlineData(2048, 7)]
    public void Large_ones_do(int channels, int side) => Assert.All(KernelSet.All, kernels =>
        Check(new Case(3, channels, side, kernels, ScalarType.Float32, true, true, 2, 5)));

    [Fact]
    public void A_wrong_truth_is_noticed() => Assert.ThrowsAny<Exception>(() =>
        Check(new Case(3, 8, 4, KernelSet.Current(), ScalarType.Float32, true, true, 0, 1), control: true));

    [Fact]
    public void Not_a_number_stays_one()
    {
        using var scope = NewDisposeScope();
        var x = Values([2, 3, 2, 2], ScalarType.Float32, 0, 1);
        x[1, 2, 0, 1] = float.NaN;
        var y = FusedNorm.Apply(x, null, rectify: true, State(3, KernelSet.Current(), SingleProcess.Instance));
        Assert.True(y.select(1, 2).isnan().all().item<bool>());
        Assert.False(y.select(1, 0).isnan().any().item<bool>());
    }

    [Fact]
    public void Other_memory_than_channels_last_is_left_to_libtorch()
    {
        using var scope = NewDisposeScope();
        var weight = ones(3);
        Assert.False(FusedNorm.Suits(randn(2, 3, 4, 4), null, weight));
        Assert.False(FusedNorm.Suits(Values([2, 3, 4, 4], ScalarType.Float64, 0, 1), null, weight));
        Assert.False(FusedNorm.Suits(Values([1, 3, 1, 1], ScalarType.Float32, 0, 1), null, weight));
        Assert.True(FusedNorm.Suits(Values([2, 3, 4, 4], ScalarType.Float32, 0, 1), null, weight));
    }

    [Fact]
    public void Ranks_normalize_as_one_process_does()
    {
        var whole = Pass(SingleProcess.Instance);
        var parts = ThreadRanks.Run(2, Pass);
        Near(whole.Y, [.. parts.SelectMany(p => p.Y)]);
        Near(whole.Dx, [.. parts.SelectMany(p => p.Dx)]);
        Near(whole.Dw, [.. parts[0].Dw.Zip(parts[1].Dw, (a, b) => a + b)]);
        Assert.Equal(parts[0].Running, parts[1].Running);
        Near(whole.Running, parts[0].Running);

        static (float[] Y, float[] Dx, float[] Dw, float[] Running) Pass(ICollective ranks)
        {
            using var scope = NewDisposeScope();
            var (size, norm) = (4 / ranks.Count, State(5, KernelSet.Current(), ranks));
            var x = Part(Values([4, 5, 3, 3], ScalarType.Float32, 1, 1)).requires_grad_(true);
            var y = FusedNorm.Apply(x, null, rectify: true, norm);
            y.backward([Part(Values([4, 5, 3, 3], ScalarType.Float32, 0, 2))]);
            return (TensorAssert.Floats(y), TensorAssert.Floats(x.grad!), TensorAssert.Floats(norm.Weight.grad!), TensorAssert.Floats(norm.RunningVariance));

            Tensor Part(Tensor all) => Arrange(all.narrow(0, ranks.Rank * size, size));
        }

        static void Near(float[] expected, float[] actual) => Assert.InRange(
            expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs), 0, 1e-5);
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        var before = Live();
        for (var i = 0; i < 20; i++) Check(new Case(2, 16, 8, KernelSet.Current(), ScalarType.Float32, true, true, 0, i + 1));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(Live() - before, -1000, 8);      // those of the last backward pass are held until the next

        static long Live() => TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
    }

    private static void Check(Case c) => Check(c, control: false);

    private static void Check(Case c, bool control)
    {
        using var scope = NewDisposeScope();
        var (x, residual) = (Values(c.Shape, c.Type, c.Offset, c.Seed), Values(c.Shape, c.Type, 0, c.Seed + 1));
        var (ours, truth) = (State(c.Channels, c.Kernels, SingleProcess.Instance), State(c.Channels, c.Kernels, SingleProcess.Instance));
        var (its, itsResidual) = (Leaf(x.to(ScalarType.Float64)), Leaf(residual.to(ScalarType.Float64)));
        var (weight, bias) = (Leaf(truth.Weight.to(ScalarType.Float64)), Leaf(truth.Bias.to(ScalarType.Float64)));
        var (mean, variance) = (truth.RunningMean.to(ScalarType.Float64), truth.RunningVariance.to(ScalarType.Float64));
        var expected = functional.batch_norm(its, mean, variance, weight, bias, training: true, 0.1, 1e-5);
        if (c.Residual) expected = expected + itsResidual;
        // Where rounding decides on which side of 0 a number is, either gradient is right: none comes in there.
        var decided = (expected.abs() > (c.Type == ScalarType.BFloat16 ? 2e-2 : 1e-4)).to(c.Type);
        if (c.Rectify) expected = functional.relu(expected);
        if (control) expected = expected * 1.01;
        var dy = Arrange(Values(c.Shape, c.Type, 0.3, c.Seed + 2) * (c.Rectify ? decided : ones_like(decided)));
        expected.backward([dy.to(ScalarType.Float64)]);

        var (mine, mineResidual) = (Leaf(x), Leaf(residual));
        var y = FusedNorm.Apply(mine, c.Residual ? mineResidual : null, c.Rectify, ours);
        y.backward([dy]);

        var tolerance = c.Type == ScalarType.BFloat16 ? 1e-2 : 2e-5 * (1 + Math.Abs(c.Offset) / 10);
        TensorAssert.Close(expected, y, tolerance, $"y of {c}");
        TensorAssert.Close(its.grad!, mine.grad!, 5 * tolerance, $"dx of {c}");
        TensorAssert.Close(weight.grad!, ours.Weight.grad!, 5 * tolerance, $"dw of {c}");
        TensorAssert.Close(bias.grad!, ours.Bias.grad!, 5 * tolerance, $"db of {c}");
        if (c.Residual) TensorAssert.Close(itsResidual.grad!, mineResidual.grad!, tolerance, $"dr of {c}");
        // A mean may lie near 0: its error is compared with what is averaged.
        var size = 1 + Math.Abs(c.Offset);
        TensorAssert.Close(mean + size, ours.RunningMean + size, 1e-6, $"running mean of {c}");
        TensorAssert.Close(variance, ours.RunningVariance, 1e-4, $"running variance of {c}");
    }

    private static Tensor Leaf(Tensor value) => value.detach().clone().requires_grad_(true);

    private static NormState State(int channels, KernelSet kernels, ICollective ranks)
    {
        var (weight, bias) = (linspace(0.5, 1.5, channels, ScalarType.Float32), linspace(-0.5, 0.5, channels, ScalarType.Float32));
        return new NormState(
            weight.requires_grad_(true), bias.requires_grad_(true), zeros(channels), ones(channels), 0.1, 1e-5, ranks, kernels);
    }

    private static Tensor Values(long[] shape, ScalarType type, double offset, int seed)
    {
        using var random = new Generator((ulong)seed);
        return Arrange((randn(shape, ScalarType.Float64, generator: random) * 2 + offset).to(type));
    }

    private static Tensor Arrange(Tensor x) => x.Dimensions == 4 ? x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : x.contiguous();
}
