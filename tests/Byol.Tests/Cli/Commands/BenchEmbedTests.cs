using System.Text.Json;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol bench embed: that its figures fit together, not how fast it is.</summary>
[Collection(CommandLine.Name)]
public sealed class BenchEmbedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_figures_fit_together()
    {
        var (images, run) = (Made.Images(_folder["images"], 20), _folder["run"]);
        Assert.Equal(0, CommandLine.Run(["pretrain", "--data", images, "--out", run, .. CommandLine.Tiny]).Code);
        var (code, output, error) = CommandLine.Run(
            "bench", "embed", run, "--data", images, "--images", "15", "--batch-size", "4", "--json");
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
        double Figure(string name) => json.RootElement.GetProperty(name).GetDouble();
        Assert.Equal((15, 4, 64), (Figure("images"), Figure("batch_size"), Figure("dimension")));
        Assert.Equal(15 / Figure("seconds"), Figure("images_per_second"), 1e-6 * Figure("images_per_second"));
        Assert.Contains("images/s: 20 images", CommandLine.Run("bench", "embed", run, "--data", images).Out);
        CommandLine.Refuses(["bench", "embed", run, "--data", images, "--images", "0"], "--images 0 must be 1 or more");
    }
}
