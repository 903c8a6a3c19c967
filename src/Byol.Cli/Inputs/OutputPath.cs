using System.CommandLine;
using Byol.Runs;
using Byol.Training;

namespace Byol.Cli.Inputs;

/// <summary>What a verb will write. One rule for all of them: what is there is refused, and <c>--force</c> overwrites it. That it can be
/// written is found out before hours of work, not after.</summary>
internal static class OutputPath
{
    /// <summary>The option that lets a verb overwrite.</summary>
    public static Option<bool> Force() => new("--force") { Description = "Overwrite what is there." };

    /// <summary>A file with one of some endings, which is found fit to be written.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">What was typed.</param>
    /// <param name="force">Whether it may be there already.</param>
    /// <param name="extensions">The endings, with their dots.</param>
    /// <exception cref="ArgumentException">It ends otherwise, is a folder, is there already, or cannot be written.</exception>
    public static string File(string option, string path, bool force, params IReadOnlyList<string> extensions)
    {
        RequireNoTilde(option, path);
        if (!extensions.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase)) || Directory.Exists(path))
            throw new ArgumentException($"{option} {path} must be a file that ends in {string.Join(" or ", extensions)}.");
        New(option, force, path);
        return Writable(option, path);
    }

    /// <summary>Makes the folder of a file that is about to be written.</summary>
    public static void MakeFolder(string path) => Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);

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

    /// <summary>The folder of a new run.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">What was typed.</param>
    /// <param name="force">Whether a run may be in it, which then is to be removed (<see cref="RemoveRun"/>).</param>
    /// <param name="others">What else could be done with a run that is there.</param>
    /// <exception cref="ArgumentException">It holds a run.</exception>
    /// <exception cref="RunDirectoryException">It holds other files.</exception>
    public static void Run(string option, string path, bool force, string others = "")
    {
        RequireNoTilde(option, path);
        if (!PretrainingRun.IsOne(path)) PretrainingRun.RequireFree(path);
        else if (!force)
            throw new ArgumentException($"{option} {path} holds another run; {others}add --force to replace it, or choose another {option}.");
    }

    /// <summary>Removes the run of a folder, if there is one: last of all, so that a mistake costs no run.</summary>
    public static void RemoveRun(string path)
    {
        if (PretrainingRun.IsOne(path)) PretrainingRun.Remove(path);
    }

    // It would be a folder called ~ here.
    private static void RequireNoTilde(string option, string path)
    {
        if (!path.StartsWith("~/", StringComparison.Ordinal)) return;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        throw new ArgumentException($"{option} {path}: in quotes ~ is not your home folder; give {Path.Join(home, path[2..])}.");
    }

    // In the folder that is there: it makes none, as there may never be anything to write.
    private static string Writable(string option, string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        while (!Path.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        try
        {
            using var trial = new FileStream(
                Path.Join(folder, $"{Path.GetFileName(path)}.tmp"), FileMode.Create, FileAccess.Write, FileShare.None, 1,
                FileOptions.DeleteOnClose);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException(
                $"{option} {path} cannot be written ({e.Message.TrimEnd('.')}); choose a file in a folder that you may write to.", e);
        }
    }
}
