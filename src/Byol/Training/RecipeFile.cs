using System.Text;
using Byol.Data.Datasets;
using Tomlyn;
using Tomlyn.Model;

namespace Byol.Training;

/// <summary>A recipe cannot be read; the message says why and what to do.</summary>
public sealed class RecipeException : Exception
{
    internal RecipeException(string message) : base(message)
    {
    }
}

/// <summary>Reads recipes as TOML: by name if they come with the library, otherwise by file.</summary>
public static class RecipeFile
{
    private const string Prefix = "Byol.recipes.", Suffix = ".toml";

    /// <summary>Names of the recipes that come with the library.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(RecipeFile).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal)];

    /// <summary>Reads a recipe.</summary>
    /// <param name="nameOrPath">A name of <see cref="Names"/>, or a file that ends in .toml.</param>
    /// <param name="warn">Receives a line for each key under its former name; null if Byol wrote the file.</param>
    /// <param name="basis">Provides the settings that the file leaves out; null for the paper's.</param>
    /// <exception cref="RecipeException">There is no such recipe, or it cannot be read.</exception>
    public static Recipe Open(string nameOrPath, Action<string>? warn = null, Recipe? basis = null)
    {
        if (Names.Contains(nameOrPath)) return Parse(Text(nameOrPath), nameOrPath, warn, basis);
        if (!nameOrPath.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase))
            throw new RecipeException($"Recipe {nameOrPath} is not known{NearestName.Suggest(nameOrPath, Names)}");
        if (!File.Exists(nameOrPath))
            throw new RecipeException($"Recipe file {nameOrPath} does not exist; known names are {string.Join(", ", Names)}.");
        return Parse(File.ReadAllText(nameOrPath), nameOrPath, warn, basis);
    }

    /// <summary>The text of a recipe that comes with the library.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    internal static string Text(string name)
    {
        using var reader = new StreamReader(typeof(RecipeFile).Assembly.GetManifestResourceStream($"{Prefix}{name}{Suffix}")!);
        return reader.ReadToEnd();
    }

    /// <summary>Reads a recipe from TOML.</summary>
    /// <param name="toml">The text.</param>
    /// <param name="name">The name in messages.</param>
    /// <param name="warn">Receives a line for each key under its former name; null if Byol wrote the text.</param>
    /// <param name="basis">Provides the settings that the text leaves out; null for the paper's.</param>
    /// <exception cref="RecipeException">The text is not TOML, or a key or value does not fit.</exception>
    public static Recipe Parse(string toml, string name, Action<string>? warn = null, Recipe? basis = null)
    {
        var recipe = basis ?? new Recipe();
        foreach (var (section, value) in Table(toml, name))
        {
            if (value is not TomlTable table)
            {
                throw new RecipeException(
                    $"{name}: {section} is outside a section; recipe keys look like [training] and then epochs = 100.");
            }
            // The kind of encoder comes first, because it decides which other keys there are.
            foreach (var (key, setting) in table.OrderBy(s => $"{section}.{s.Key}" != RecipeKeys.Kind))
                recipe = Changed(recipe, $"{section}.{key}", setting);
        }
        return recipe;

        Recipe Changed(Recipe before, string key, object setting)
        {
            // A setting for encoders that have it, if a built-in recipe continues an encoder that does not.
            if (basis is not null && Names.Contains(name) && key.StartsWith("encoder.", StringComparison.Ordinal)
                && !RecipeKeys.Names(before).Contains(key)) return before;
            try
            {
                return RecipeKeys.With(before, RenamedKeys.Current(key, warn), setting);
            }
            catch (RecipeException e)
            {
                throw new RecipeException($"{name}: {e.Message}");
            }
        }
    }

    /// <summary>The settings in a recipe's text, by their current names.</summary>
    /// <param name="toml">The text.</param>
    /// <param name="name">The name in messages.</param>
    internal static IReadOnlySet<string> Named(string toml, string name) =>
        (from section in Table(toml, name)
         where section.Value is TomlTable
         from setting in (TomlTable)section.Value
         select RenamedKeys.Current($"{section.Key}.{setting.Key}", null)).ToHashSet(StringComparer.Ordinal);

    /// <summary>A recipe with one setting changed, as by <c>--set training.epochs=20</c>.</summary>
    /// <param name="recipe">A recipe.</param>
    /// <param name="assignment"><c>section.key=value</c>; the value as in TOML, or text without quotes.</param>
    /// <param name="warn">Receives a line if the key is a former name.</param>
    /// <exception cref="RecipeException">The form, the key or the value does not fit.</exception>
    public static Recipe Set(Recipe recipe, string assignment, Action<string>? warn = null)
    {
        if (assignment.Split('=', 2) is not [var key, var value])
            throw new RecipeException($"{assignment} is not of the form key=value, for instance training.epochs=20.");
        return RecipeKeys.With(recipe, RenamedKeys.Current(key.Trim(), warn), Value(value.Trim()));
    }

    /// <summary>The whole recipe as TOML, with every setting resolved.</summary>
    /// <param name="recipe">A recipe.</param>
    /// <param name="header">Lines of comment to put first.</param>
    internal static string Format(Recipe recipe, params IEnumerable<string> header)
    {
        var text = new StringBuilder();
        foreach (var line in header) text.Append("# ").Append(line).Append('\n');
        foreach (var section in RecipeKeys.Names(recipe).GroupBy(n => n.Split('.')[0]))
        {
            text.Append("\n[").Append(section.Key).Append("]\n");
            foreach (var name in section) text.Append(name.Split('.')[1]).Append(" = ").Append(RecipeKeys.Get(recipe, name)).Append('\n');
        }
        return text.ToString();
    }

    private static object Value(string text)
    {
        try
        {
            return Table($"value = {text}", text)["value"];
        }
        catch (RecipeException)
        {
            return text;
        }
    }

    private static TomlTable Table(string toml, string name)
    {
        try
        {
            return TomlSerializer.Deserialize<TomlTable>(toml) ?? [];
        }
        // If the text ends after a backslash, Tomlyn produces a character that does not exist.
        catch (Exception e) when (e is TomlException or ArgumentOutOfRangeException)
        {
            throw new RecipeException($"{name} is not TOML: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
