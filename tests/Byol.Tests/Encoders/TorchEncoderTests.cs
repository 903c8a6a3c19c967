using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Models.ResNet;
using TorchSharp;
using static TorchSharp.torch;

namespace Byol.Tests.Encoders;

public sealed class TorchEncoderTests
{
    private static readonly Preprocessing Prepared = new(16, 1, [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]);

    [Theory]
    [InlineData(Precision.Float32, 1e-6)]
    [InlineData(Precision.BFloat16, 2e-2)]
    public void Embeddings_are_the_networks_of_normalized_images(Precision precision, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var encoder = Open(precision);
        using var random = new Generator(1);
        var images = rand([5, 16, 16, 3], generator: random);
        using var network = Network();
        network.eval();
        using var _ = no_grad();
        var expected = network.forward(((images - tensor([0.1f, 0.2f, 0.3f])) / tensor([0.4f, 0.5f, 0.6f])).permute(0, 3, 1, 2));

        var actual = new float[5 * encoder.Dimension];
        encoder.Encode(TensorAssert.Floats(images), 5, actual);

        TensorAssert.Close(expected, tensor(actual).reshape(5, -1), tolerance, "embeddings");
    }

    [Fact]
    public void A_batch_leaves_no_tensor_behind()
    {
        using var encoder = Open(Precision.Float32);
        var (images, embeddings) = (new float[2 * 16 * 16 * 3], new float[2 * encoder.Dimension]);
        encoder.Encode(images, 2, embeddings);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        encoder.Encode(images, 2, embeddings);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 1)]
    [InlineData(0, 2, 2)]
    [InlineData(-1, 2, 2)]
    public void Memory_that_is_too_small_is_refused(int count, int images, int embeddings)
    {
        using var encoder = Open(Precision.Float32);
        var e = Assert.Throws<ArgumentException>(() => encoder.Encode(new float[images * 768], count,
            new float[embeddings * encoder.Dimension]));
        Assert.Contains($"{count} images of 16 px", e.Message, StringComparison.Ordinal);
    }

    // Weights that are finite, and activations that are not: of bright pixels only.
    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void An_embedding_that_is_not_finite_is_an_error_that_says_which(Precision precision)
    {
        var network = Network();
        using (no_grad())
        {
            foreach (var (name, value) in EncoderFile.Tensors(network).Where(t => t.Name.EndsWith("bn1.weight", StringComparison.Ordinal)))
                value.fill_(1e20);
        }
        using var encoder = new TorchEncoder(
            "e", new OpenedEncoder(network, network.Described(new Preprocessing(16, 1, [0, 0, 0], [1, 1, 1]))), precision, CPU);
        var images = new float[3 * 768];
        var embeddings = new float[3 * encoder.Dimension];
        encoder.Encode(images, 3, embeddings);
        images.AsSpan(768, 768).Fill(1);
        var e = Assert.Throws<NonFiniteEmbeddingException>(() => encoder.Encode(images, 3, embeddings));
        Assert.Equal(1, e.Row);
        Assert.Contains("The embedding of image 1 of the batch is not finite", e.Message, StringComparison.Ordinal);
    }

    private static ResNet Network()
    {
        using var weights = new WeightSource(3, CPU);
        return new ResNet(new ResNetOptions { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 }, weights);
    }

    private static TorchEncoder Open(Precision precision)
    {
        using var folder = new TemporaryFolder();
        using var network = Network();
        using (var stream = File.Create(folder["e.safetensors"])) EncoderWriter.Write(stream, network, network.Described(Prepared));
        return TorchEncoder.Open(folder["e.safetensors"], precision, CPU);
    }
}
