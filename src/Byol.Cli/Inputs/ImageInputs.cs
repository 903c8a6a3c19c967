using System.CommandLine;
using Byol.Data.Images;
using Byol.Training;

namespace Byol.Cli.Inputs;

/// <summary>How files become pixels, for the verbs that take no recipe.</summary>
internal sealed class ImageInputs
{
    private const string Section = "images.";

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "How files are read: images.background=black, images.depth=12. May be given more than once.",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command) => command.Options.Add(_set);

    /// <summary>What was asked for.</summary>
    /// <exception cref="ArgumentException">A setting is not about images.</exception>
    public ImageOptions Resolve(ParseResult parsed)
    {
        var settings = parsed.GetValue(_set)!;
        if (settings.FirstOrDefault(s => !s.TrimStart().StartsWith(Section, StringComparison.Ordinal)) is { } other)
            throw new ArgumentException($"--set {other} is not about how images are read; use images.background or images.depth.");
        return settings.Aggregate(new Recipe(), (recipe, setting) => RecipeFile.Set(recipe, setting)).Images;
    }
}
