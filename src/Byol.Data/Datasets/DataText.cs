using System.Text;

namespace Byol.Data.Datasets;

/// <summary>Data as it is typed: names, paths and patterns, several with commas between. A path that exists is taken literally, with any
/// characters; elsewhere a character in brackets stands for itself: <c>[,]</c>, <c>[*]</c>, <c>[?]</c>, <c>[{]</c>, <c>[}]</c>,
/// <c>[:]</c>.</summary>
internal static class DataText
{
    private const string Special = ",*?{}:";
    private const char FirstEscaped = '\uE000';   // private use: stands for a special character that was in brackets

    /// <summary>The parts of a list; escaped characters come escaped, for <see cref="Literal"/>.</summary>
    /// <param name="data">As typed.</param>
    public static IEnumerable<string> Split(string data)
    {
        if (Path.Exists(data)) return [data];
        return Joined(Escaped(data).Split(','));
    }

    /// <summary>A part as a path: what was escaped stands for itself.</summary>
    public static string Literal(string part)
    {
        var text = new StringBuilder(part);
        for (var i = 0; i < Special.Length; i++) text.Replace((char)(FirstEscaped + i), Special[i]);
        return text.ToString();
    }

    private static string Escaped(string data)
    {
        var text = new StringBuilder(data);
        for (var i = 0; i < Special.Length; i++) text.Replace($"[{Special[i]}]", ((char)(FirstEscaped + i)).ToString());
        return text.ToString();
    }

    // Pieces that are a path together, with the comma between them, are one part; the longest such path counts. So are those of a pattern's
    // brace that is open.
    private static IEnumerable<string> Joined(string[] pieces)
    {
        for (var first = 0; first < pieces.Length;)
        {
            var (part, end) = Longest(pieces, first);
            first = end;
            if (part.Length > 0) yield return part;
        }
    }

    private static (string Part, int End) Longest(string[] pieces, int first)
    {
        for (var end = pieces.Length; end > first; end--)
        {
            if (AsPath(string.Join(',', pieces[first..end])) is { } path) return (path, end);
        }
        var last = first + 1;
        while (last < pieces.Length && pieces[first..last].Sum(Depth) > 0) last++;
        return (string.Join(',', pieces[first..last]).Trim(), last);
    }

    private static int Depth(string piece) => piece.Count(c => c == '{') - piece.Count(c => c == '}');

    // As it was typed, or with its escapes, or without spaces around it.
    private static string? AsPath(string part) => Path.Exists(Typed(part)) ? Typed(part)
        : Path.Exists(Literal(part)) ? part
        : part != part.Trim() ? AsPath(part.Trim())
        : null;

    private static string Typed(string part) =>
        string.Concat(part.Select(c => c - FirstEscaped is >= 0 and var i && i < Special.Length ? $"[{Special[i]}]" : $"{c}"));
}
