using System.Text.Json;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol bench knn: that it measures what it was asked to, not how fast it is.</summary>
[Collection(CommandLine.Name)]
public sealed class BenchKnnTests
{
    private static readonly string[] Tiny = ["bench", "knn", "--bank", "300", "--dimension", "8"];

    [Fact]
    public void The_figures_are_of_the_sizes_asked_for()
    {
        var (exit, output, _) = CommandLine.Run([.. Tiny, "--queries", "40", "--k", "20", "--repeats", "1", "--json"]);
        Assert.Equal(0, exit);
        using var json = JsonDocument.Parse(output);
        var sizes = new[] { "bank", "queries", "dimension", "neighbors" }.Select(name => json.RootElement.GetProperty(name).GetInt32());
        Assert.Equal([300, 40, 8, 20], sizes);
        Assert.True(json.RootElement.GetProperty("seconds").GetDouble() > 0);
    }

    [Fact]
    public void The_line_says_what_was_done()
    {
        var (exit, output, _) = CommandLine.Run([.. Tiny, "--queries", "40", "--k", "20"]);
        Assert.Equal(0, exit);
        Assert.StartsWith("40 x 300 x 8, k = 20, ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--queries", "0", "--queries 0 must lie between")]
    [InlineData("--k", "301", "k of 301 must lie between 1 and the 300 labeled images")]
    public void Nonsense_is_refused(string option, string value, string message) => CommandLine.Refuses([.. Tiny, option, value], message);
}
