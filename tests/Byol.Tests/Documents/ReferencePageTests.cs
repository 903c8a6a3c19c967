using Byol.Docs;
using Byol.Training;

namespace Byol.Tests.Documents;

/// <summary>The reference says what the code says.</summary>
public sealed class ReferencePageTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "reference");

    public static TheoryData<string> Pages => [.. ReferencePages.All().Select(p => p.Path)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void It_is_not_stale(string path)
    {
        var page = ReferencePages.All().Single(p => p.Path == path);
        var file = Path.Combine(Folder, path);
        Assert.True(File.Exists(file), $"docs/reference/{path} is missing; dotnet run --project docs/generator -c Release writes it.");
        Assert.True(page.Text.ReplaceLineEndings("\n") == File.ReadAllText(file).ReplaceLineEndings("\n"),
            $"docs/reference/{path} is stale; dotnet run --project docs/generator -c Release writes it again.");
    }

    [Fact]
    public void No_page_is_of_a_verb_that_is_gone() => Assert.Equal(
        ReferencePages.All().Where(p => p.Path.StartsWith("verbs/", StringComparison.Ordinal)).Select(p => Path.GetFileName(p.Path)).Order(),
        Directory.GetFiles(Path.Combine(Folder, "verbs")).Select(Path.GetFileName).Order());

    [Fact]
    public void A_verb_has_its_usage_its_options_with_their_defaults_and_its_examples()
    {
        var page = ReferencePages.All().Single(p => p.Path == "verbs/pretrain.md").Text;
        Assert.Contains("byol pretrain --data <data> --out <out> [options]", page, StringComparison.Ordinal);
        Assert.Contains("./byol pretrain --data photos --out runs/mine --resume", page, StringComparison.Ordinal);
        Assert.Contains("| `--resume` |", page, StringComparison.Ordinal);
        Assert.Contains("| required |", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_has_its_default_its_meaning_and_its_values()
    {
        var page = ReferencePages.All().Single(p => p.Path == "settings.md").Text;
        Assert.Contains("| `tau` | `0.996` | number | ", page, StringComparison.Ordinal);
        Assert.Contains("`\"lars\"`: Layer-wise adaptive rate scaling", page, StringComparison.Ordinal);
        Assert.Equal(RecipeKeys.Names(new Recipe()).Count,
            page.Split('\n').Count(l => l.StartsWith("| `", StringComparison.Ordinal)));
    }
}
