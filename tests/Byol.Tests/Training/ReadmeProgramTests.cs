using Byol.Data.Datasets;
using Byol.Encoders;
using Byol.Tests;
using Byol.Tests.Training;
using Byol.Training;

namespace UsersProgram;

/// <summary>The program of the library's README, on a folder of images as anybody has one.</summary>
public sealed class ReadmeProgramTests
{
    // What the program here has in place of what the README says.
    private static readonly (string Readme, string Here)[] Replacements =
        [("\"photographs\"", "photographs"), ("\"runs/mine\"", "mine"), ("Recipes.Folder", "recipe"), ("\"one.jpg\"", "one")];

    [Fact]
    public void It_trains_resumes_and_embeds()
    {
        using var folder = new TemporaryFolder();
        var (photographs, mine, recipe) = (Made.Images(folder["photographs"], 32), folder["mine"], TinyRun.Recipe);
        var one = Directory.GetFiles(photographs, "*", SearchOption.AllDirectories)[0];
        var first = Program(photographs, mine, recipe, one);
        Assert.Contains(first, x => x != 0);
        Assert.Equal(first, Program(photographs, mine, recipe, one));
    }

    [Fact]
    public void It_is_the_program_that_stands_here()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "Byol", "README.md")).ReplaceLineEndings("\n");
        var start = readme.IndexOf("```csharp\n", StringComparison.Ordinal) + "```csharp\n".Length;
        var lines = readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)].Split('\n')
            .Select(l => l.Split("   //")[0].Trim()).Where(l => l.Length > 0)
            .Select(l => Replacements.Aggregate(l, (line, r) => line.Replace(r.Readme, r.Here, StringComparison.Ordinal))).ToList();
        var here = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Byol.Tests", "Training", "ReadmeProgramTests.cs"))
            .Select(l => l.Trim()).ToList();
        Assert.Equal(3, lines.Count(l => l.StartsWith("using Byol", StringComparison.Ordinal)));
        Assert.All(lines, l => Assert.Contains(l, here));
        var statements = lines.Where(l => !l.StartsWith("using Byol", StringComparison.Ordinal)).ToList();
        Assert.Equal(statements, here.SkipWhile(l => l != statements[0]).Take(statements.Count));
    }

    private static float[] Program(string photographs, string mine, Recipe recipe, string one)
    {
        var photos = Images.Open(photographs);
        using var run = PretrainingRun.StartOrResume(mine, recipe, photos);
        run.Train(listener: record => Console.WriteLine(record));
        using var encoder = run.OpenEncoder();
        float[] embedding = encoder.Embed(one);
        return embedding;
    }
}
