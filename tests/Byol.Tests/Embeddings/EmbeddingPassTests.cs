using Byol.Data.Images;
using Byol.Embeddings;
using Byol.Encoders;
using Byol.Models;

namespace Byol.Tests.Embeddings;

/// <summary>Every image that can be read becomes one row, in order, whatever the batches.</summary>
public sealed class EmbeddingPassTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 3)]
    [InlineData(100, 2)]
    public void Rows_names_and_labels_are_those_of_the_readable_images_in_order(int batchSize, int threads)
    {
        using var encoder = new FakeEncoder();
        using var collector = new EmbeddingCollector();
        var told = new List<int>();
        var data = Made.Dataset(11, 16, 2, 3, 10);
        var unreadable = EmbeddingPass.Run(encoder, data, collector,
            batchSize, threads, told.Add, Stop);
        using var set = collector.ToSet("made");
        int[] whole = [0, 1, 4, 5, 6, 7, 8, 9];
        Assert.Equal(["made/2", "made/3", "made/10"], unreadable.Select(u => u.Name));
        Assert.Equal(whole.Select(i => ($"made/{i}", (string?)$"{i}")), set.Images.Select(i => (i.Name, i.Label)));
        Assert.Equal(whole.SelectMany(i => encoder.Embed(ImageEncoder.Png(Made.Image(16, i)), "one")),
            TensorAssert.Floats(set.Values));
        Assert.Equal(11, told[^1]);
        Assert.Equal(told.Order(), told);
        Assert.DoesNotContain(0, encoder.Batches);
    }

    [Fact]
    public void Data_that_cannot_be_read_at_all_is_an_error()
    {
        using var encoder = new FakeEncoder();
        using var collector = new EmbeddingCollector();
        var message = Assert.Throws<InvalidDataException>(() =>
            EmbeddingPass.Run(encoder, Made.Dataset(3, 16, 0, 1, 2), collector, cancellation: Stop)).Message;
        Assert.Contains("No image of made can be read (image 0 is broken)", message);
    }

    [Fact]
    public void Cancelling_ends_it_and_completes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var encoder = new FakeEncoder();
        using var source = new CancellationTokenSource();
        using (var writer = EmbeddingFile.Create(folder["x.csv"], 2))
        {
            Assert.Throws<OperationCanceledException>(() => EmbeddingPass.Run(
                encoder, Made.Dataset(50), writer, batchSize: 2,
                done => { if (done >= 4) source.Cancel(); }, source.Token));
        }
        Assert.Equal(2, encoder.Batches.Count);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    // Whatever the batches, and images without a row before it: the name is that of the image at fault.
    [Theory]
    [InlineData(float.NaN, 1)]
    [InlineData(float.PositiveInfinity, 4)]
    [InlineData(float.NegativeInfinity, 100)]
    public void An_embedding_that_is_not_finite_names_its_image_and_leaves_no_file(float value, int batchSize)
    {
        using var folder = new TemporaryFolder();
        using var encoder = new FakeEncoder { Fault = (5, value) };
        using (var writer = EmbeddingFile.Create(folder["x.npy"], 2))
        {
            var e = Assert.Throws<NonFiniteEmbeddingException>(() => EmbeddingPass.Run(
                encoder, Made.Dataset(11, 16, 2, 3), writer, batchSize, null, Stop));
            Assert.Contains("The embedding of made/7 is not finite", e.Message);
        }
        Assert.Empty(Directory.GetFiles(folder.Path));
        using var one = new FakeEncoder { Fault = (0, value) };
        Assert.Contains("of one.png is not finite", Assert.Throws<NonFiniteEmbeddingException>(() =>
            one.Embed(Made.Png(), "one.png")).Message);
    }
}
