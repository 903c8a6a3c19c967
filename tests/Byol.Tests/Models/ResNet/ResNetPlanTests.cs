using Byol.Encoders;
using Byol.Models;
using Byol.Models.ResNet;
using static TorchSharp.torch;

namespace Byol.Tests.Models;

public sealed class ResNetPlanTests
{
    public static TheoryData<int, double, Stem> Networks => new MatrixTheoryData<int, double, Stem>(
        ResNetPlan.BlocksByDepth.Keys, [0.25, 1], Enum.GetValues<Stem>()).Aggregate(new TheoryData<int, double, Stem>(), (all, row) =>
    {
        all.Add(row.Data.Item1, row.Data.Item2, row.Data.Item3);
        return all;
    });

    [Theory]
    [MemberData(nameof(Networks))]
    public void Channels_and_sides_of_neighbors_fit(int depth, double width, Stem stem)
    {
        var plan = ResNetPlan.Of(new ResNetOptions { Depth = depth, Width = width, Stem = stem });
        var enters = plan.Stem.Out;
        foreach (var block in plan.Blocks)
        {
            Assert.Equal(enters, block.Branch[0].In);
            Assert.All(block.Branch.Zip(block.Branch.Skip(1)), pair => Assert.Equal(pair.First.Out, pair.Second.In));
            if (block.Shortcut is { } shortcut) Assert.Equal((enters, block.Branch[^1].Out), (shortcut.In, shortcut.Out));
            else Assert.Equal(enters, block.Branch[^1].Out);
            enters = block.Branch[^1].Out;
        }
        Assert.Equal(new ResNetOptions { Depth = depth, Width = width }.RepresentationSize, enters);
        Assert.Equal(plan.Convolutions.Select(c => c.Name).Order(StringComparer.Ordinal),
            plan.At(64).Select(c => c.Convolution.Name).Order(StringComparer.Ordinal));
    }

    // ML.NET's ResNet-18 has 2, 2, 2 and 3.
    [Theory]
    [InlineData(false, 2, 2, 2, 3)]
    [InlineData(true, 1, 3)]
    [InlineData(false, 1, 1, 1, 1, 1)]
    public void Stages_have_any_number_of_blocks(bool areBottlenecks, params int[] blocks)
    {
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(1, CPU);
        var plan = ResNetPlan.Of(Stem.Small, 0.0625, blocks, areBottlenecks);
        using var network = new ResNet(plan, weights);
        network.eval();
        Assert.Equal(blocks, plan.Stages.Select(s => s.Count));
        Assert.Equal(ResNetShapes.Of(plan).Select(Text).Order(StringComparer.Ordinal),
            EncoderFile.Tensors(network).Select(t => Text((t.Name, t.Value.shape))).Order(StringComparer.Ordinal));
        Assert.Equal(network.parameters().Sum(p => p.numel()), ResNetShapes.Parameters(plan));
        var images = randn(2, 3, 16, 16);
        var features = network.forward(images);
        Assert.Equal([2, plan.RepresentationSize], features.shape);
        using var folded = new FoldedResNet(network, ScalarType.Float32);
        TensorAssert.Close(features, folded.Forward(images), 1e-5, "folded");
        Assert.Equal(plan.At(16).Sum(c => c.Convolution.After(c.Side) * c.Convolution.After(c.Side) * c.Convolution.Out * c.Convolution.In
            * c.Convolution.Kernel * c.Convolution.Kernel), plan.Cost(16).Forward);

        static string Text((string Name, long[] Shape) tensor) => $"{tensor.Name} [{string.Join(',', tensor.Shape)}]";
    }

    [Fact]
    public void The_sides_are_those_that_the_network_has()
    {
        using var scope = NewDisposeScope();
        using var weights = new WeightSource(1, CPU);
        var options = new ResNetOptions { Depth = 50, Width = 0.0625, Stem = Stem.ImageNet };
        using var network = new ResNet(options, weights);
        using var entered = network.Enter(zeros(1, 3, 97, 97));
        Assert.Equal(ResNetPlan.Of(options).At(97).ElementAt(1).Side, entered.shape[2]);
    }
}
