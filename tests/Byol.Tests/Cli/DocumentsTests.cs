using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Byol.Cli;
using Byol.Training;

namespace Byol.Tests.Cli;

/// <summary>What the documents tell people to type is known to the program, and what they name exists.</summary>
public sealed partial class DocumentsTests
{
    private static readonly List<string> Documents =
    [
        "README.md", "README.zh-CN.md", "CHANGELOG.md", "CONTRIBUTING.md", "src/Byol/README.md", "src/Byol.Cli/README.md", "src/Byol.Data/README.md",
        "src/Byol.OnnxRuntime/README.md",
        .. Files("docs", "*.md"), .. Files("bench/results", "*.md"),
    ];

    private static readonly string Recipes = Text("docs/reference/recipes.md");

    public static TheoryData<string, string> Commands =>
    [
        .. from document in Documents
           from match in CommandLine().Matches(Text(document))
           select (document, match.Groups[1].Value.Replace("\\\n", " ", StringComparison.Ordinal).Trim()),
    ];

    public static TheoryData<string> Names => [.. Documents];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_parses(string document, string arguments)
    {
        var words = CommandLineParser.SplitCommandLine(arguments).ToList();
        Assert.True(words.Count > 0, document);
        Assert.Empty(Verbs.Create().Parse(words).Errors.Select(e => e.Message));
    }

    [Fact]
    public void Every_recipe_that_comes_with_it_is_in_the_reference() =>
        Assert.All(RecipeFile.Names, name => Assert.Contains($"`{name}`", Recipes, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_file_that_is_linked_is_there(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        var links = Link().Matches(Text(document)).Select(m => m.Groups[1].Value).Where(l => !l.StartsWith("http", StringComparison.Ordinal));
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(folder, link)), $"{link} is not there."));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_file_that_is_named_is_there(string document)
    {
        if (document == "CHANGELOG.md") return;     // which names what was there
        var names = Named().Matches(Text(document)).Select(m => m.Groups[1].Value);
        Assert.All(names, name => Assert.True(Path.Exists(Path.Combine(Repository.Root, name)), $"{document}: {name} is not there."));
    }

    [Fact]
    public void No_figure_is_still_to_come() => Assert.All(
        Documents.Concat(Files("recipes", "*.toml")), document => Assert.DoesNotMatch("MEASURE_|_FIGURES|_OUTPUT", Text(document)));

    private static string Text(string document) => File.ReadAllText(Path.Combine(Repository.Root, document));

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.GetFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Repository.Root, f)).Order(StringComparer.Ordinal);

    // A line of its own, not one of prose that happens to begin so: that has backticks.
    [GeneratedRegex(@"^(?:\./)?byol ((?:[^#\n\\`]|\\\n)+)(?=#|$)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"`((?:src|tests|bench|docs|recipes|samples|data)/[\w./-]*\w)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"\]\(([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
