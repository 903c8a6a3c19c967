using Byol.Data.Datasets;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.TensorFiles.Onnx;
using static TorchSharp.torch;

namespace Byol.Tests.Models;

/// <summary>A network whose BatchNorms were folded gets them back: the same function where they use their statistics, and hardly another
/// where they use those of a batch.</summary>
public sealed class FoldedNormsTests
{
    [Theory]
    [InlineData(18, Stem.ImageNet)]
    [InlineData(50, Stem.SmallStride2)]
    public void The_function_stays_and_that_of_training_is_near(int depth, Stem stem)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var folder = new TemporaryFolder();
        var options = new ResNetOptions { Depth = depth, Width = 0.125, Stem = stem };
        var (preprocessing, data) = (new Preprocessing(32, 1, [0.4, 0.5, 0.6], [0.2, 0.3, 0.2]), new PatternImages(64));
        using var network = Trained(options);
        using (var stream = File.Create(folder["x.onnx"])) OnnxWriter.Write(stream, network, new EncoderDescription(options,
            preprocessing));

        using var file = new ForeignOnnxResNet(OnnxModel.Parse(folder["x.onnx"], File.ReadAllBytes(folder["x.onnx"])), ModelInput.Plain);
        Assert.True(file.IsFolded);
        Assert.Contains("its weights are folded", Assert.Throws<InvalidDataException>(() => file.Open(preprocessing, CPU)).Message);
        using var rebuilt = EncoderFile.OpenOnnx(folder["x.onnx"], CPU, images: data);
        Assert.Equal((options, preprocessing.ImageSize), (rebuilt.Description.Architecture, rebuilt.Description.Preprocessing.ImageSize));
        using var unit = EncoderWeights.Read(file, options, name => name, CPU).Network;

        var images = Images(data, preprocessing);
        var expected = network.forward(images);
        TensorAssert.Close(expected, unit.forward(images), 1e-5, "unit");
        TensorAssert.Close(expected, rebuilt.Network.forward(images), 1e-4, "rebuilt");
        unit.train();
        rebuilt.Network.train();
        Assert.InRange(Distance(expected, rebuilt.Network.forward(images)), 0, 0.1);
        Assert.InRange(Distance(expected, unit.forward(images)), 0.3, double.PositiveInfinity);
        Assert.Equal(rebuilt.Description.Weights, WeightsDigest.Of(EncoderFile.Tensors(
            EncoderFile.OpenOnnx(folder["x.onnx"], CPU, images: data).Network)));
    }

    private static double Distance(Tensor expected, Tensor actual) => ((expected - actual).norm() / expected.norm()).item<float>();

    private static Tensor Images(PatternImages data, Preprocessing preprocessing)
    {
        var views = preprocessing.ToViews();
        var renderer = new ViewRenderer(views);
        var pixels = new float[data.Count * 32 * 32 * 3];
        for (var i = 0; i < data.Count; i++)
        {
            var view = pixels.AsSpan(i * 32 * 32 * 3, 32 * 32 * 3);
            var image = data.Read(i);
            renderer.RenderColors(image, ViewSampler.Center(views, image.SourceWidth, image.SourceHeight), view);
            renderer.Normalize(view);
        }
        return tensor(pixels).reshape(data.Count, 32, 32, 3).permute(0, 3, 1, 2);
    }

    // Statistics and weights of its own.
    private static ResNet Trained(ResNetOptions options)
    {
        using var weights = new WeightSource(3, CPU);
        using var random = new Generator(5);
        var network = new ResNet(options, weights);
        foreach (var (name, value) in EncoderFile.Tensors(network).Where(t => t.Value.dim() == 1))
            value.copy_(rand(value.shape, generator: random) * 0.5 + (name.EndsWith("weight") || name.EndsWith("var") ? 0.5 : -0.25));
        network.eval();
        return network;
    }
}
