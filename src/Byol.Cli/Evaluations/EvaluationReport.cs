using System.Globalization;
using System.Text;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Evaluation;
using Byol.Reports;

namespace Byol.Cli.Evaluations;

/// <summary>An evaluation as a page: the table, the confusion of the last row, and images that it took for wrong and for right.</summary>
internal static class EvaluationReport
{
    private const int MostWrong = 200, RightOfEachClass = 6, MostRight = 60;

    private sealed record Classified(IDataset Images, int Index, int Label, int Predicted);

    /// <summary>Writes it.</summary>
    public static void Write(
        string path, string text, EvaluationRow row, IReadOnlyList<EvaluationTask> tasks, IReadOnlyList<string> classes)
    {
        var all = tasks.SelectMany(t => t.TestLabels.Select((label, i) => (t.Test, i, label)))
            .Zip(row.Predicted, (image, predicted) => new Classified(image.Test, image.i, image.label, predicted)).ToList();
        var (wrong, right) = (all.Where(c => c.Label != c.Predicted).ToList(), all.Where(c => c.Label == c.Predicted).ToList());
        var title = $"{row.Features}, labels {row.Labels}: {Output.Percent(row.Accuracy)}";
        WholeFile.Write(path, stream =>
        {
            using var page = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
            Gallery.Write(
                page, $"{row.Features}: {Output.Percent(row.Accuracy)} right", "What was classified, and what each image was taken for.",
                $"{text}{EvaluationTable.PerClass(row, classes)}",
                [ConfusionPicture.Draw(title, classes, row.Confusion)],
                [Section("Taken for wrong", wrong, wrong.Take(MostWrong)), Section("Taken for right", right, right.GroupBy(c => c.Label)
                    .OrderBy(g => g.Key).SelectMany(g => g.Take(RightOfEachClass)).Take(MostRight))]);
        });

        GallerySection Section(string name, List<Classified> among, IEnumerable<Classified> shown) => new(
            name, string.Create(CultureInfo.InvariantCulture, $"{among.Count:N0} of {all.Count:N0} images."),
            shown.Select(c => new GalleryPicture(c.Images.ItemName(c.Index), Caption(c), Thumbnail.Of(c.Images, c.Index))));

        string Caption(Classified c) =>
            c.Label == c.Predicted ? classes[c.Label] : $"{classes[c.Label]}, taken for {classes[c.Predicted]}";
    }
}
