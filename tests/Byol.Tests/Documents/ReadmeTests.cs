using Byol.Evaluation.Classification;
using Byol.OnnxRuntime;
using Byol.Tests.Cli;

namespace Byol.Tests.Documents;

/// <summary>The first page: short, and the C# on it is what is run here.</summary>
[Collection(CommandLine.Name)]
public sealed class ReadmeTests
{
    private const int MostLines = 120;

    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void It_is_short() => Assert.InRange(Lines.Length, 60, MostLines);

    [Fact]
    public void A_sentence_a_picture_and_two_commands_come_first()
    {
        var picture = Array.FindIndex(Lines, l => l.StartsWith("![", StringComparison.Ordinal));
        var commands = Array.FindIndex(Lines, l => l == "```sh");
        Assert.InRange(picture, 2, 8);
        Assert.InRange(commands, picture + 1, 12);
        Assert.Equal(2, Lines[(commands + 1)..].TakeWhile(l => l != "```").Count());
    }

    [Fact]
    public void Its_program_is_the_one_that_stands_here()
    {
        var start = Array.IndexOf(Lines, "```csharp");
        var program = Lines[(start + 1)..Array.IndexOf(Lines, "```", start)].Select(l => l.Split("   //")[0].Trim())
            .Where(l => l.Length > 0).ToList();
        var here = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Byol.Tests", "Documents", "ReadmeTests.cs")).Select(l => l.Trim()).ToList();
        Assert.Equal(2, program.Count(l => !l.StartsWith("using Byol", StringComparison.Ordinal)));
        Assert.All(program, line => Assert.Contains(line, here));
    }

    [Fact]
    public void Its_program_runs()
    {
        using var sandbox = new CommandSandbox();
        sandbox.Prepare(["byol", "predict", "parts.onnx"]);
        sandbox.Inside(() =>
        {
            using var parts = OnnxClassifier.Open("parts.onnx");
            Prediction part = parts.Predict("one.jpg");
            Assert.Contains(part.Label, (string[])["fine", "scratch"]);
            Assert.InRange(part.Probability, 0, 1);
            Assert.InRange(part.Novelty, -1e-5, 2);
            Assert.True(Enum.IsDefined(part.Doubt));
        });
    }
}
