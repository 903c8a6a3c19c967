using Byol.Models;
using Byol.Models.ResNet;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Tests.Models;

/// <summary>Folding changes the work, not the function.</summary>
public sealed class FoldedResNetTests
{
    [Theory]
    [InlineData(18, Stem.Small, SpatialPooling.Mean)]
    [InlineData(18, Stem.Small, SpatialPooling.MeanMax)]
    [InlineData(34, Stem.SmallStride2, SpatialPooling.Mean)]
    [InlineData(50, Stem.ImageNet, SpatialPooling.MeanMax)]
    public void Representations_are_the_networks(int depth, Stem stem, SpatialPooling pooling)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (network, images) = Trained(depth, stem, pooling);
        using var folded = new FoldedResNet(network, ScalarType.Float32);
        TensorAssert.Close(network.forward(images), folded.Forward(images), 1e-5, "fp32");
        using var half = new FoldedResNet(network, ScalarType.BFloat16);
        var (exact, rounded) = (network.forward(images), half.Forward(images.to(ScalarType.BFloat16)).to(ScalarType.Float32));
        Assert.InRange(nn.functional.cosine_similarity(exact, rounded).min().item<float>(), 1 - 1e-3f, 1.0001f);
        network.Dispose();
    }

    [Fact]
    public void A_batch_leaves_no_tensor_behind_and_weights_go_with_it()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (network, images) = Trained(50, Stem.Small, SpatialPooling.MeanMax);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var folded = new FoldedResNet(network, ScalarType.Float32);
        folded.Forward(images).Dispose();
        folded.Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        network.Dispose();
    }

    // Statistics and scales that are not 0 and 1: a few batches are seen in training mode, and scales are drawn.
    private static (ResNet Network, Tensor Images) Trained(int depth, Stem stem, SpatialPooling pooling)
    {
        using var weights = new WeightSource(5, CPU);
        using var random = new Generator(6);
        var network = new ResNet(new ResNetOptions { Depth = depth, Width = 0.125, Stem = stem, Pooling = pooling }, weights);
        foreach (var (name, parameter) in network.named_parameters().Where(p => p.name.Contains("bn", StringComparison.Ordinal)))
            parameter.copy_(rand(parameter.shape, generator: random).add(name.EndsWith("weight", StringComparison.Ordinal) ? 0.5 : -0.5));
        var images = randn([4, 32, 32, 3], generator: random).permute(0, 3, 1, 2);
        network.train();
        for (var i = 0; i < 3; i++) network.forward(images).Dispose();
        network.eval();
        return (network, images);
    }
}
