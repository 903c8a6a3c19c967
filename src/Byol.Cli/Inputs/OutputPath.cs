using System.CommandLine;

namespace Byol.Cli.Inputs;

/// <summary>Files that a verb will write: that they can be written is found out before hours of work, not after.</summary>
internal static class OutputPath
{
    /// <summary>A picture, or null where none is asked for.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">What was typed.</param>
    /// <exception cref="ArgumentException">It is not an .svg, or cannot be written.</exception>
    public static string? Picture(string option, string? path)
    {
        if (path is null) return null;
        if (!EndsIn(".svg", path)) throw new ArgumentException($"{option} {path} must end in .svg.");
        return Writable(option, path, () => System.IO.File.OpenWrite(path));
    }

    /// <summary>A file with one of some endings.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">What was typed.</param>
    /// <param name="extensions">The endings, with their dots.</param>
    /// <exception cref="ArgumentException">It ends otherwise, or is a folder.</exception>
    public static string File(string option, string path, params IReadOnlyList<string> extensions) =>
        extensions.Any(e => EndsIn(e, path)) && !Directory.Exists(path) ? path
            : throw new ArgumentException($"{option} {path} must be a file that ends in {string.Join(" or ", extensions)}.");

    /// <summary>The option that lets a verb overwrite.</summary>
    public static Option<bool> Force() => new("--force") { Description = "Overwrite what is there." };

    /// <summary>Files that must not be there yet.</summary>
    /// <param name="option">The option that names them.</param>
    /// <param name="force">Whether they may be there all the same.</param>
    /// <param name="paths">The files.</param>
    /// <exception cref="ArgumentException">One is.</exception>
    public static void New(string option, bool force, params IReadOnlyList<string> paths)
    {
        if (!force && paths.FirstOrDefault(System.IO.File.Exists) is { } there)
            throw new ArgumentException($"{option} {there} exists; add --force to overwrite it, or choose another file.");
    }

    /// <summary>Tries whether a file can be written.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">What was typed.</param>
    /// <param name="open">Opens it.</param>
    /// <exception cref="ArgumentException">It cannot be written.</exception>
    public static string Writable(string option, string path, Func<IDisposable> open)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (open()) return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"{option} {path} cannot be written ({e.Message.TrimEnd('.')}); choose another file.", e);
        }
    }

    private static bool EndsIn(string extension, string path) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
