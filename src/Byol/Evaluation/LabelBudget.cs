using System.Globalization;

namespace Byol.Evaluation;

/// <summary>How many training labels a classifier may see: a share of the images, a number for each class, or all.</summary>
public sealed class LabelBudget
{
    internal LabelBudget(double? share, int? perClass) => (Share, PerClass) = (share, perClass);

    /// <summary>0 to 1, or null.</summary>
    internal double? Share { get; }

    /// <summary>Labels for each class, or null.</summary>
    internal int? PerClass { get; }

    private const string Forms = "use for instance 1%, 10%, 5-per-class or all";

    /// <summary>Every label.</summary>
    public static LabelBudget All { get; } = new(null, null);

    /// <summary>Reads one or more amounts, separated by commas.</summary>
    /// <param name="text">For instance <c>1%, 10%, 5-per-class, all</c>.</param>
    /// <exception cref="ArgumentException">A part is not an amount; the message gives value, rule and remedy in one line.</exception>
    public static IReadOnlyList<LabelBudget> ParseList(string text)
    {
        var amounts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(Parse).DistinctBy(b => (b.Share, b.PerClass)).ToList();
        return amounts.Count > 0 ? amounts : throw new ArgumentException($"Labels \"{text}\" are not an amount; {Forms}.");
    }

    private static LabelBudget Parse(string text)
    {
        const string perClass = "-per-class";
        if (text.Equals("all", StringComparison.OrdinalIgnoreCase)) return All;
        if (text.EndsWith('%') && double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent))
        {
            return percent is > 0 and <= 100 ? (percent == 100 ? All : new(percent / 100, null))
                : throw new ArgumentException($"Labels {text} must be above 0 % and at most 100 %; {Forms}.");
        }
        if (text.EndsWith(perClass, StringComparison.OrdinalIgnoreCase)
            && int.TryParse(text[..^perClass.Length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number > 0
                ? new(null, number)
                : throw new ArgumentException($"Labels {text} must be at least 1 for each class; {Forms}.");
        }
        throw new ArgumentException($"Labels {text} are not an amount; {Forms}.");
    }

    /// <summary>The number of labels.</summary>
    /// <param name="images">Labeled images to draw from.</param>
    /// <param name="classes">Classes among them.</param>
    internal long Total(int images, int classes) =>
        PerClass is { } number ? (long)number * classes
            : Share is { } share ? (long)Math.Round(share * images, MidpointRounding.AwayFromZero)
            : images;

    /// <summary>The amount as tables show it.</summary>
    public override string ToString() => this switch
    {
        { PerClass: { } number } => string.Create(CultureInfo.InvariantCulture, $"{number} per class"),
        { Share: { } share } => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.####} %"),
        _ => "all",
    };
}
