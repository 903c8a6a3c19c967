using System.Globalization;
using Byol.Encoders;
using Byol.OnnxRuntime;

namespace Byol.Cli.Terminal;

/// <summary>Notes on an encoder that another program wrote: which tensors were used, which were not, and what was assumed.</summary>
internal static class ForeignNotice
{
    private const int Named = 6;

    /// <summary>Lines for standard error; none for files of ours.</summary>
    /// <param name="path">The file.</param>
    /// <param name="opened">What was found in it.</param>
    /// <param name="given">Whether it was said how images are prepared.</param>
    /// <param name="option">What says it.</param>
    public static IEnumerable<string> Of(string path, OpenedEncoder opened, bool given, string option)
    {
        if (opened.Origin is not { } origin) yield break;
        yield return $"{path}: {Tensors(opened)}";
        if (origin.Passed.Count > 0) yield return $"  skipped: {List(origin.Passed.Select(p => $"{p}*"))}";
        var source = !given ? $"because the file does not say; {option} overrides it" : option == "--recipe" ? "as in the recipe"
            : "as was said";
        yield return $"  images are prepared at {opened.Description.Preprocessing}, {source}";
        if (origin.Assumption is { } assumption) yield return $"  {assumption}";
    }

    /// <summary>The same of a model of another program.</summary>
    public static IEnumerable<string> Of(OnnxEncoder encoder) =>
        encoder.Notes.Select((line, i) => (i == 0 ? "" : "  ") + ToolWords.Of(line));

    /// <summary>How many tensors were used, and which were not.</summary>
    public static string Tensors(OpenedEncoder opened)
    {
        var (origin, options) = (opened.Origin, opened.Description.Architecture);
        var used = origin?.Used ?? EncoderFile.Tensors(opened.Network).Count();
        var under = origin is { Prefix.Length: > 0 } ? $" under {origin.Prefix}" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{used} tensors{under} make a {options.Title}; not used: {List(origin?.Unused ?? [])}");
    }

    private static string List(IEnumerable<string> names)
    {
        var all = names.ToList();
        if (all.Count == 0) return "none";
        return string.Join(", ", all.Take(Named)) + (all.Count > Named ? $" and {all.Count - Named} more" : "");
    }
}
