using System.Globalization;

namespace Byol.Cli.Terminal;

/// <summary>A figure on a line of progress.</summary>
/// <param name="Text">As it stands there.</param>
/// <param name="Importance">In a narrow terminal the least important figures are left out.</param>
internal readonly record struct ProgressFigure(string Text, int Importance);

/// <summary>A line of progress that fits: a bar, and as many whole figures as there is room for.</summary>
internal static class ProgressLine
{
    private const int LongestBar = 30, ShortestBar = 8;
    private const string Gap = "  ", Green = "\x1b[32m", Off = "\x1b[0m";

    /// <summary>Whether colors are wanted: on a terminal that has them, unless NO_COLOR is set (no-color.org).</summary>
    public static bool HasColors(bool terminal) => terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Composes the line; it is shorter than the width, which the cursor needs a column of.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="share">What is done, 0 to 1.</param>
    /// <param name="colors">Whether the bar has one.</param>
    /// <param name="figures">In the order in which they stand.</param>
    public static string Fit(int width, double share, bool colors, params IReadOnlyList<ProgressFigure> figures)
    {
        share = double.IsFinite(share) ? Math.Clamp(share, 0, 1) : 0;
        var percent = string.Create(CultureInfo.InvariantCulture, $"{share,4:P0}");
        var kept = figures.ToList();
        while (kept.Count > 1 && Length(percent, kept) + ShortestBar + 1 >= width) kept.Remove(kept.MinBy(f => f.Importance));
        var bar = Math.Clamp(width - 1 - Length(percent, kept), 0, LongestBar);
        if (bar < ShortestBar) bar = 0;
        var filled = (int)Math.Round(share * bar);
        var line = string.Concat(kept.Select(f => Gap + f.Text));
        return (colors ? $"{Green}{new string('━', filled)}{Off}" : new string('━', filled))
            + $"{new string('─', bar - filled)}{percent}{line}";
    }

    private static int Length(string percent, List<ProgressFigure> figures) =>
        percent.Length + figures.Sum(f => f.Text.Length + Gap.Length);
}
