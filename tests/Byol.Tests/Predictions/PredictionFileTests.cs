using Byol.Evaluation.Classification;
using Byol.Predictions;
using Parquet;

namespace Byol.Tests.Predictions;

public sealed class PredictionFileTests : IDisposable
{
    private static readonly ClassifierDescription Description =
        new(["fine", "scratch, deep"], [new(0.9, 0.1), new(0.95, 0.2), new(0.99, 0.3)]);

    private static readonly (string Name, Prediction Prediction)[] Rows =
    [
        ("a \"quoted\"\n.png", new(Description, 1, [0.25f, 0.75f], 0.15)),
        ("b.png", new(Description, 0, [0.95f, 0.05f], 0.1)),
        ("=c", new(Description, 0, [0.97f, 0.03f], 0.5)),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_threshold_is_exceeded_or_not_and_so_there_is_doubt() => Assert.Equal(
        [(0.9, Doubt.Unsure), (null, Doubt.None), (0.99, Doubt.Novel)],
        Rows.Select(r => (r.Prediction.NoveltyAbove, r.Prediction.Doubt)));

    [Fact]
    public void Text_has_a_line_for_each_image()
    {
        Write("x.csv");
        Assert.Equal(
            """
            name,label,probability,novelty,novelty_above,doubt
            "a ""quoted""
            .png","scratch, deep",0.75,0.15,0.9,unsure
            b.png,fine,0.95,0.1,,
            =c,fine,0.97,0.5,0.99,novel

            """.ReplaceLineEndings("\n"), File.ReadAllText(_folder["x.csv"]));
    }

    [Fact]
    public async Task Parquet_comes_back_as_it_went_in()
    {
        Write("x.parquet");
        var (columns, names, doubts) = await Read(_folder["x.parquet"]);
        Assert.Equal(["name", "label", "probability", "novelty", "novelty_above", "doubt"], columns);
        Assert.Equal(Rows.Select(r => r.Name), names);
        Assert.Equal("unsure,,novel", string.Join(',', doubts));
    }

    private static async Task<(string[] Columns, string[] Names, string[] Doubts)> Read(string path)
    {
        await using var reader = await ParquetReader.CreateAsync(path);
        using var group = reader.OpenRowGroupReader(0);
        var (names, doubts) = (new string[group.RowCount], new string[group.RowCount]);
        await group.ReadAsync(reader.Schema.DataFields[0], names);
        await group.ReadAsync(reader.Schema.DataFields[5], doubts);
        return ([.. reader.Schema.DataFields.Select(f => f.Name)], names, doubts);
    }

    [Fact]
    public void A_file_that_is_not_complete_is_none_and_another_ending_is_refused()
    {
        using (var writer = PredictionFile.Create(_folder["x.csv"])) writer.Write("a", Rows[0].Prediction);
        Assert.Empty(Directory.GetFiles(_folder.Path));
        Assert.Contains(".csv or .parquet",
            Assert.Throws<ArgumentException>(() => PredictionFile.Create(_folder["x.txt"])).Message, StringComparison.Ordinal);
    }

    private void Write(string name)
    {
        using var writer = PredictionFile.Create(_folder[name]);
        foreach (var (image, prediction) in Rows) writer.Write(image, prediction);
        writer.Complete();
    }
}
