using Byol.Data.Images;
using Byol.Encoders;
using Byol.Models;
using Byol.Reports;
using Byol.Runs;
using static TorchSharp.torch;

namespace Byol.Tests.Training;

/// <summary>What a run keeps for maps: what it has computed anyway, of its last evaluation, and nothing that it needs itself.</summary>
public sealed class RunEmbeddingsTests
{
    [Fact]
    public void Validation_images_are_kept_with_labels_and_small_pictures()
    {
        using var run = new TinyRun();
        run.Train(TinyRun.Recipe, Made.Dataset(64), Made.Dataset(20));
        var kept = EmbeddingSnapshot.Read(run.Folder)!;
        Assert.Equal((20, 12, 3.0), (kept.Count, kept.Step, kept.Epoch));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"made/{i}"), kept.Names);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i % 10}"), kept.Labels);
        var values = kept.ToSingle();
        for (var row = 0; row < 20; row++)
            Assert.Equal(1, values.AsSpan(row * kept.Dimension, kept.Dimension).ToArray().Sum(v => v * v), 0.01);
        var thumbnails = SnapshotThumbnails.Read(run.Folder, 20)!;
        var image = ImageDecoder.Decode(thumbnails[7].ToArray(), "7");
        Assert.Equal((16, 16), (image.Width, image.Height));
    }

    [Fact]
    public void They_are_what_the_encoder_gives()
    {
        using var run = new TinyRun();
        run.Train(TinyRun.Recipe, Made.Dataset(64), Made.Dataset(20));
        var kept = EmbeddingSnapshot.Read(run.Folder)!;
        var kept7 = kept.ToSingle().AsSpan(7 * kept.Dimension, kept.Dimension).ToArray();
        using var encoder = TorchEncoder.Open(run.EncoderPath, Precision.Float32, CPU);
        var now = encoder.Embed(Made.Png(16, 7), "7.png");
        var cosine = kept7.Zip(now, (a, b) => (double)a * b).Sum() / Math.Sqrt(now.Sum(v => (double)v * v));
        Assert.Equal(1, cosine, 0.002);
    }

    [Fact]
    public void Without_validation_they_are_training_images_that_can_be_read()
    {
        using var run = new TinyRun();
        run.Train(TinyRun.Recipe, Made.Dataset(200, unreadable: 3));
        var kept = EmbeddingSnapshot.Read(run.Folder)!;
        Assert.Equal(199, kept.Count);
        Assert.DoesNotContain("made/3", kept.Names);
        Assert.Equal(199, SnapshotThumbnails.Read(run.Folder, 199)!.Count);
    }

    [Fact]
    public void A_run_leaves_a_report_and_misses_nothing_where_files_of_pages_are_deleted()
    {
        using var run = new TinyRun { InterruptAfter = 6 };
        run.Train(TinyRun.Recipe, Made.Dataset(64));
        string[] files = [RunReport.PathIn(run.Folder), EmbeddingSnapshot.PathIn(run.Folder), SnapshotThumbnails.PathIn(run.Folder)];
        Assert.All(files, file => Assert.True(File.Exists(file), file));
        Assert.Contains("\"state\":\"stopped\"", File.ReadAllText(files[0]), StringComparison.Ordinal);
        Assert.Contains("it can be resumed", File.ReadAllText(files[0]), StringComparison.Ordinal);
        foreach (var file in files) File.Delete(file);
        File.WriteAllText(EmbeddingSnapshot.PathIn(run.Folder), "damaged");
        using var resumed = run.Reopened();
        Assert.True(resumed.Train(TinyRun.Recipe, Made.Dataset(64), resume: true).Finished);
        Assert.Equal(12, EmbeddingSnapshot.Read(resumed.Folder)!.Step);
        Assert.True(File.Exists(RunReport.PathIn(resumed.Folder)));
    }
}
