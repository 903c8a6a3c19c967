using System.Globalization;
using System.Text;
using Byol.Data.Datasets;
using Byol.Evaluation.Classification;
using Byol.Reports;

namespace Byol.Cli.Terminal;

/// <summary>Predictions as a page of pictures, for a person to check: the most doubtful first.</summary>
internal sealed class PredictionPage(string path, string model, IDataset dataset)
{
    private const int Most = 1000;   // pictures; a page of more is slow to open

    private readonly List<(int Index, Prediction Prediction)> _all = [];

    /// <summary>Adds the prediction of an image.</summary>
    public void Add(int index, Prediction prediction) => _all.Add((index, prediction));

    /// <summary>Writes the page.</summary>
    public void Write()
    {
        // The more novel first; of those that are alike in this the less probable.
        var sorted = _all.OrderByDescending(p => p.Prediction.Doubt).ThenByDescending(p => p.Prediction.NoveltyAbove ?? 0)
            .ThenBy(p => p.Prediction.Probability).ToList();
        var lead = string.Create(CultureInfo.InvariantCulture,
            $"{_all.Count:N0} images of {dataset.Name} by {model}, the most doubtful first; {Math.Min(Most, _all.Count):N0} are shown.");
        var sections = sorted.Take(Most).GroupBy(p => p.Prediction.Doubt).Select(g => new GallerySection(
            Heading(g.Key), Note(g.Key, sorted.Count(p => p.Prediction.Doubt == g.Key)), g.Select(p => Picture(p.Index, p.Prediction))));
        WholeFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
            Gallery.Write(text, $"Predictions of {dataset.Name}", lead, sections);
        });
    }

    private GalleryPicture Picture(int index, Prediction prediction)
    {
        var novelty = prediction.NoveltyAbove is { } share
            ? string.Create(CultureInfo.InvariantCulture, $", novelty {prediction.Novelty:F3} (above {100 * share:F0} %)") : "";
        var figures = string.Create(CultureInfo.InvariantCulture, $"{prediction.Label} {100 * prediction.Probability:F0} %{novelty}");
        return new GalleryPicture(dataset.ItemName(index), figures, Thumbnail.Of(dataset, index));
    }

    private static string Heading(Doubt doubt) => doubt switch
    {
        Doubt.Novel => "Unlike the known images",
        Doubt.Unsure => "Unsure",
        _ => "Sure",
    };

    private static string Note(Doubt doubt, int images)
    {
        var meaning = doubt switch
        {
            Doubt.Novel => "more novel than 99 % of the known images; the label means little",
            Doubt.Unsure => "less than 90 % probable",
            _ => "90 % probable or more",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{images:N0} images, {meaning}.");
    }
}
