using Byol.Method;
using Byol.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Tests.Method;

/// <summary>Which networks compute both views at the same time: those that a forward pass leaves nothing behind in but the statistics of
/// our own BatchNorm.</summary>
public sealed class ParallelViewsTests
{
    [Fact]
    public void Our_own_networks_do()
    {
        using var state = TinyByol.State();
        Assert.True(ParallelViews.Suits(state));
    }

    [Theory]
    [InlineData("nothing", true)]
    [InlineData("our BatchNorm", true)]
    [InlineData("GroupNorm", true)]
    [InlineData("TorchSharp's BatchNorm", false)]
    [InlineData("Dropout", false)]
    public void An_encoder_of_one_s_own_does_where_its_norms_are_ours(string norm, bool expected)
    {
        using var scope = NewDisposeScope();
        using var state = new ByolState(
            weights => new Small(weights, norm), Small.Size, TinyByol.Heads, TinyByol.Sgd, seed: 1, CPU);
        Assert.Equal(expected, ParallelViews.Suits(state));
        var metrics = ByolStep.Take(state, TinyByol.Views(1), 0.1, 0.9);
        Assert.InRange(metrics.Loss, 0, 8);
    }

    [Theory]
    [InlineData("our BatchNorm", null)]
    [InlineData("GroupNorm", null)]
    [InlineData("constant", null)]
    [InlineData("TorchSharp's BatchNorm", "The encoder's BatchNorm2d keeps statistics of its own, which method.keep_statistics cannot hold")]
    public void Statistics_are_kept_by_our_norms_alone(string norm, string? refusal)
    {
        var method = TinyByol.Heads with { KeepStatistics = true };
        var error = Record.Exception(() => new ByolState(weights => new Small(weights, norm), Small.Size, method, TinyByol.Sgd, seed: 1, CPU).Dispose());
        if (refusal is null) Assert.Null(error);
        else Assert.StartsWith(refusal, Assert.IsType<ArgumentException>(error).Message, StringComparison.Ordinal);
    }

    private sealed class Shift : Module<Tensor, Tensor>
    {
        private readonly Tensor _by = ones(1);

        public Shift() : base(nameof(Shift)) => register_buffer("by", _by);

        public override Tensor forward(Tensor x) => x.add(_by);
    }

    private sealed class Small : Module<Tensor, Tensor>
    {
        public const int Size = 8;
        private readonly Module<Tensor, Tensor> _layers;

        public Small(WeightSource weights, string norm) : base(nameof(Small))
        {
            Module<Tensor, Tensor> second = norm switch
            {
                "our BatchNorm" => new BatchNorm(Size, weights),
                "GroupNorm" => GroupNorm(2, Size),
                "TorchSharp's BatchNorm" => BatchNorm2d(Size),
                "Dropout" => Dropout(0.1),
                "constant" => new Shift(),
                _ => Identity(),
            };
            register_module("layers", _layers = Sequential(("conv", Conv2d(3, Size, kernel_size: 4, stride: 4)), ("second", second)));
        }

        public override Tensor forward(Tensor x)
        {
            using var maps = _layers.forward(x);
            return maps.mean([2, 3]);
        }
    }
}
