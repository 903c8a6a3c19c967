using System.Globalization;
using Byol.Cli.Terminal;
using Byol.Evaluation.Classification;

namespace Byol.Cli.Evaluations;

/// <summary>How many images were given each class, and how many of them a person should look at.</summary>
internal sealed class PredictionCounts(IReadOnlyList<string> classes)
{
    /// <summary>A class.</summary>
    /// <param name="Label">Its name.</param>
    /// <param name="Images">Images that were given it.</param>
    /// <param name="Unsure">Those of them with a probability below 90 %, and not novel.</param>
    /// <param name="Novel">Those that are unlike all known images.</param>
    public sealed record Row(string Label, int Images, int Unsure, int Novel);

    private const int MostRows = 51;

    private readonly Dictionary<string, Row> _rows = classes.ToDictionary(c => c, c => new Row(c, 0, 0, 0));

    /// <summary>Images in all.</summary>
    public int Total => _rows.Values.Sum(r => r.Images);

    /// <summary>Every class, in label order.</summary>
    public IReadOnlyList<Row> Rows => [.. classes.Select(c => _rows[c])];

    /// <summary>Counts one.</summary>
    public void Add(Prediction prediction)
    {
        var row = _rows[prediction.Label];
        _rows[prediction.Label] = row with
        {
            Images = row.Images + 1,
            Unsure = row.Unsure + (prediction.Doubt == Doubt.Unsure ? 1 : 0),
            Novel = row.Novel + (prediction.Doubt == Doubt.Novel ? 1 : 0),
        };
    }

    /// <summary>The table; classes that no image was given are left out.</summary>
    public string Text()
    {
        var all = new Row("all", Total, Rows.Sum(r => r.Unsure), Rows.Sum(r => r.Novel));
        var rows = Rows.Where(r => r.Images > 0).OrderByDescending(r => r.Images).Prepend(all).Select(r => (IReadOnlyList<string>)
            [r.Label, Number(r.Images), Number(r.Images - r.Unsure - r.Novel), Number(r.Unsure), Number(r.Novel)]);
        return Table.Some(
            ["class", "images", "sure", "unsure (below 90 %)", "unlike known images"], [.. rows], MostRows, "--json has all classes");
    }

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
