using System.Text.Json;
using Byol.Data.Kernels;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol bench views: what it says and refuses, not how fast it is.</summary>
[Collection(CommandLine.Name)]
public sealed class BenchViewsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _images;

    public BenchViewsTests() => _images = Made.Images(_folder["images"], 5);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_data_size_kernels_and_threads()
    {
        var (code, output, error) = CommandLine.Run(Bench("--threads", "2"));
        Assert.Equal((0, ""), (code, error));
        string[] words =
        [
            $"Two 32-px views per image of {_images} (5 images), kernels {KernelSet.Current().Name}",
            "loader threads", "One thread alone",
        ];
        Assert.All(words, w => Assert.Contains(w, output));
    }

    [Fact]
    public void An_image_that_cannot_be_read_is_left_out()
    {
        Made.File(Path.Combine(_images, "0000.png"), [1, 2, 3]);
        var (code, _, error) = CommandLine.Run(Bench("--threads", "1"));
        Assert.Equal((0, ""), (code, error));
    }

    [Fact]
    public void The_figures_are_JSON_when_asked_and_of_the_kernels_that_are_forced()
    {
        using var forced = new EnvironmentVariable(KernelSet.Variable, "vector128");
        using var json = JsonDocument.Parse(CommandLine.Run(Bench("--threads", "1", "--json")).Out);
        Assert.Equal("vector128", json.RootElement.GetProperty("kernels").GetString());
        Assert.True(json.RootElement.GetProperty("views_milliseconds").GetDouble() > 0);
        var loader = Assert.Single(json.RootElement.GetProperty("loader").EnumerateArray());
        Assert.Equal(1000, loader.GetProperty("images_per_second").GetDouble() * loader.GetProperty("milliseconds").GetDouble(), 1e-6);
    }

    [Fact]
    public void What_is_wrong_is_said_in_one_line()
    {
        CommandLine.Refuses(Bench("--threads", "0"), "--threads 0", "1 and 1024");
        CommandLine.Refuses(["bench", "views", "--seconds", "0"], "--seconds 0", "0 and 3600");
        CommandLine.Refuses(["bench", "views", "--data", _folder["nowhere"]], "does not exist");
        using var forced = new EnvironmentVariable(KernelSet.Variable, "avx3");
        CommandLine.Refuses(Bench("--threads", "1"), "avx3", "vector512");
    }

    private string[] Bench(params string[] more) =>
        ["bench", "views", "--data", _images, "--recipe", "cifar10", "--seconds", "0.05", .. more];
}
