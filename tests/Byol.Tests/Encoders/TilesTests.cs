using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Embeddings;
using Byol.Encoders;
using Byol.Evaluation;
using static TorchSharp.torch;

namespace Byol.Tests.Encoders;

/// <summary>An encoder on tiles: their embeddings one by one, and pooled by hand.</summary>
public sealed class TilesTests
{
    private const int Side = 16;
    private static readonly Preprocessing Prepared = new(8, 1, [0, 0, 0], [1, 1, 1]);

    [Theory]
    [InlineData(4, TilePooling.Mean)]
    [InlineData(4, TilePooling.Max)]
    [InlineData(9, TilePooling.Max)]
    [InlineData(1, TilePooling.Mean)]
    public void An_image_becomes_what_its_tiles_pool_to(int tiles, TilePooling pooling)
    {
        using var encoder = new PixelEncoder(Prepared).InTiles(tiles, pooling);
        using var plain = new PixelEncoder(Prepared);
        using var scope = NewDisposeScope();
        var data = Made.Dataset(70, Side);
        using var bank = FeatureBank.Encode(encoder, data, TestContext.Current.CancellationToken);
        var rows = TensorAssert.Floats(bank.Features);
        for (var i = 0; i < data.Count; i++)
        {
            var image = data.Read(i);
            var expected = Pooled(TileGrid.Of(tiles, Side, Side).Select(tile => Embedded(plain, image, tile)).ToList(), pooling);
            Assert.Equal(expected, rows.Skip(i * encoder.Dimension).Take(encoder.Dimension).ToArray());
        }
        var file = ImageEncoder.Png(data.Read(3));
        Assert.Equal(rows.Skip(3 * encoder.Dimension).Take(encoder.Dimension).ToArray(), encoder.Embed(file, "3.png"));
    }

    // Beyond the batch; an image that cannot be read has no tiles.
    [Fact]
    public void Unreadable_images_are_left_out_and_the_others_keep_their_rows()
    {
        using var encoder = new PixelEncoder(Prepared).InTiles(4, TilePooling.Max);
        var (some, all) = (new EmbeddingCollector(), new EmbeddingCollector());
        var done = new List<int>();
        var cancellation = TestContext.Current.CancellationToken;
        var unreadable = EmbeddingPass.Run(encoder, Made.Dataset(21, Side, 2, 3, 20), some, 8, 2, done.Add, cancellation);
        Assert.Empty(EmbeddingPass.Run(encoder, Made.Dataset(21, Side), all, cancellation: cancellation));
        Assert.Equal(3, unreadable.Count);
        Assert.Equal([.. Enumerable.Range(1, 10).Select(i => 2 * i), 21], done);
        using var found = some.ToSet("some");
        using var whole = all.ToSet("all");
        var kept = whole.Images.Index().Where(i => found.Images.Any(f => f.Name == i.Item.Name)).Select(i => (long)i.Index).ToArray();
        using var scope = NewDisposeScope();
        TensorAssert.Same(whole.Values.index_select(0, tensor(kept)), found.Values, "rows");
    }

    [Fact]
    public void What_was_seen_in_tiles_is_not_compared_with_what_was_seen_whole()
    {
        var whole = new EmbeddingSource("e", new EncoderDescription(new Byol.Models.ResNet.ResNetOptions(), Prepared) { Weights = "a" });
        var tiled = new EmbeddingSource("e", whole.Description.With(
            preprocessing: Prepared.With(tiles: 4, tilePooling: TilePooling.Max)));
        Assert.Contains(
            "prepared differently (8 px, center crop 1, mean 0 0 0, std 1 1 1; 8 px, 4 tiles by max,", whole.DifferenceFrom(tiled));
        var read = EmbeddingSource.Parse("x", tiled.ToMetadata())!;
        Assert.Null(tiled.DifferenceFrom(read));
        Assert.Equal((4, TilePooling.Max), (read.Description.Preprocessing.Tiles, read.Description.Preprocessing.TilePooling));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void Numbers_out_of_range_are_refused(int tiles)
    {
        using var encoder = new PixelEncoder(Prepared);
        Assert.Contains("must lie between 1 and 256", Assert.Throws<ArgumentException>(() => encoder.InTiles(tiles, default)).Message);
    }

    private static float[] Embedded(PixelEncoder encoder, Image8 image, CropBox tile)
    {
        var views = Prepared.ToViews();
        var (view, row) = (new float[encoder.Dimension], new float[encoder.Dimension]);
        new ViewRenderer(views).RenderColors(image, new ViewPlan(tile, false, null, false, 0, false), view);
        encoder.Encode(view, 1, row);
        return row;
    }

    private static float[] Pooled(List<float[]> rows, TilePooling pooling) => [.. Enumerable.Range(0, rows[0].Length).Select(d =>
        pooling == TilePooling.Max ? rows.Max(r => r[d]) : rows.Select(r => r[d]).Aggregate((a, b) => a + b) / rows.Count)];
}
