using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Evaluation;
using Byol.Models.ResNet;

namespace Byol.Tests.Evaluation;

public sealed class FoldedTaskTests
{
    [Fact]
    public void Every_image_is_classified_once_by_images_of_other_groups()
    {
        var data = Made.Dataset(100);
        int[] groups = [.. Enumerable.Range(0, 100).Select(i => i / 20 * 10 + i % 10)];     // i and i + 10 are one thing, of one class
        var tasks = EvaluationTask.Folds(data, groups, 5, seed: 3);
        Assert.Equal(5, tasks.Count);
        Assert.Equal(Enumerable.Range(0, 100), tasks.SelectMany(t => t.Fold!.Test).Order());
        Assert.All(tasks, t =>
        {
            Assert.Equal(Enumerable.Range(0, 100), t.Fold!.Train.Concat(t.Fold.Test).Order());
            Assert.Empty(t.Fold.Train.Select(i => groups[i]).Intersect(t.Fold.Test.Select(i => groups[i])));
            Assert.Equal(t.Fold.Test.Select(data.ItemName), Enumerable.Range(0, t.Test.Count).Select(t.Test.ItemName));
            Assert.Equal(t.Fold.Test.Select(i => i % 10), t.TestLabels);
        });
    }

    [Fact]
    public void A_class_of_one_image_or_of_one_thing_is_refused()
    {
        var data = Made.Dataset(21);      // class 0 has 3 images, the others 2
        int[] groups = [.. Enumerable.Range(0, 21)];
        groups[12] = 2;                   // both of class 2 are one thing
        Assert.Equal("Class 2 of made has 2 images, nearly the same picture; where folds are drawn a class needs two that differ, one to learn "
            + "from and one to classify; add images, leave the class out, or give test images of their own.",
            Assert.Throws<ArgumentException>(() => EvaluationTask.Folds(data, groups, 2, 1)).Message);
        Assert.Contains("Class 1 of made has 1 image;",
            Assert.Throws<ArgumentException>(() => EvaluationTask.Folds(Made.Dataset(11), [.. Enumerable.Range(0, 11)], 2, 1)).Message,
            StringComparison.Ordinal);
    }

    // Encoded once and selected, or encoded fold by fold: the same rows.
    [Theory]
    [InlineData(Baseline.RawPixels)]
    [InlineData(Baseline.UntrainedEncoder)]
    public void Folds_score_as_tasks_of_their_own(Baseline baseline)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var data = Made.Dataset(60, side: 12);
        var beside = SubjectOf(12);
        var tasks = EvaluationTask.Folds(data, [.. Enumerable.Range(0, 60)], 3, 1);
        var protocol = new KnnProtocol(new KnnOptions(1));
        foreach (var (probe, task) in protocol.Probes(baseline, beside, tasks, 1).Zip(tasks))
        {
            using var _ = probe;
            var same = new EvaluationTask(new Rows(data, task.Fold!.Train), new Rows(data, task.Fold.Test));
            using var alone = protocol.Probe(baseline, beside, same, 1);
            int[] all = [.. Enumerable.Range(0, task.Train.Count)];
            TensorAssert.Close(alone.Scores(all, 1), probe.Scores(all, 1), 1e-5, $"{baseline}");
        }
    }

    private static EncoderSubject SubjectOf(int side) => new(
        "none", new ResNetOptions { Depth = 18, Width = 1.0 / 16, Stem = Stem.SmallStride2 }, new Byol.Data.Views.ViewOptions { ImageSize = side },
        Byol.Models.Precision.Float32, TorchSharp.torch.CPU,
        () => throw new InvalidOperationException(), _ => throw new InvalidOperationException());

    private sealed class Rows(IDataset whole, IReadOnlyList<int> indices) : IDataset
    {
        public string Name => whole.Name;

        public int Count => indices.Count;

        public IReadOnlyList<string> Classes => whole.Classes;

        public Image8 Read(int index, ImageBuffer buffer) => whole.Read(indices[index], buffer);

        public int? Label(int index) => whole.Label(indices[index]);

        public string ItemName(int index) => whole.ItemName(indices[index]);
    }
}
