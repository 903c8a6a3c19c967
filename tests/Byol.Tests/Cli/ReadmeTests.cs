using System.Text.RegularExpressions;
using Byol.Cli;
using Byol.Training;

namespace Byol.Tests.Cli;

/// <summary>What the README tells people to type is known to the program, and what it names exists.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    public static TheoryData<string> Commands => [.. CommandLine().Matches(Text).Select(m => m.Groups[1].Value.Trim()).Distinct()];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_parses(string arguments)
    {
        var words = arguments.Replace("\\\n", " ", StringComparison.Ordinal)
            .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Empty(Verbs.Create().Parse(words).Errors.Select(e => e.Message));
    }

    [Fact]
    public void Every_recipe_that_comes_with_it_is_in_its_table() =>
        Assert.All(RecipeFile.Names, name => Assert.Contains(
            name.StartsWith("imagenet", StringComparison.Ordinal) ? name["imagenet".Length..] : $"`{name}`",
            Text, StringComparison.Ordinal));

    [Fact]
    public void Every_file_that_it_links_is_there()
    {
        var links = Link().Matches(Text)
            .Select(m => m.Groups[1].Value)
            .Where(l => !l.StartsWith("http", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(Repository.Root, link)), $"{link} is not there."));
    }

    [Fact]
    public void No_figure_is_still_to_come()
    {
        var recipes = Directory.GetFiles(Path.Combine(Repository.Root, "recipes"), "*.toml").Select(File.ReadAllText);
        Assert.All(recipes.Append(Text), text => Assert.DoesNotMatch("MEASURE_|_FIGURES|_OUTPUT", text));
    }

    [GeneratedRegex(@"^\./byol ((?:[^#\n\\]|\\\n)+)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();
}
