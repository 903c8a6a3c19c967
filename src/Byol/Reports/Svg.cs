using System.Globalization;

namespace Byol.Reports;

/// <summary>Text as SVG wants it.</summary>
internal static class Svg
{
    /// <summary>Text between tags. A folder's name may hold characters that XML cannot.</summary>
    public static string Escape(string text) =>
        string.Concat(text.Where(c => !char.IsControl(c)))
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal);

    /// <summary>Numbers with a point, wherever it runs.</summary>
    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
