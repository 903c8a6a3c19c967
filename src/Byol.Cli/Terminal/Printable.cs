using System.Globalization;
using System.Text;

namespace Byol.Cli.Terminal;

/// <summary>Makes text safe for a terminal, because names of files may contain any character.</summary>
internal static class Printable
{
    /// <summary>One line: what would move the cursor, change colors or turn the direction of writing is written as a code.</summary>
    public static string Line(string text) => Clean(text, keepsLines: false);

    /// <summary>Several lines.</summary>
    public static string Lines(string text) => Clean(text, keepsLines: true);

    private static string Clean(string text, bool keepsLines)
    {
        if (!text.Any(c => IsObeyed(c, keepsLines))) return text;
        var clean = new StringBuilder();
        foreach (var c in text)
        {
            if (IsObeyed(c, keepsLines)) clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else clean.Append(c);
        }
        return clean.ToString();
    }

    private static bool IsObeyed(char c, bool keepsLines) => c switch
    {
        '\n' or '\r' => !keepsLines,
        '\u200c' or '\u200d' or '\u00ad' => false,   // join and part letters, within words
        _ => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator,
    };
}
