using System.Text.Json;
using Byol.Data.Images;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol compare on eighty pictures of noise: those of one class are dark, and raw pixels are always right.</summary>
[Collection(CommandLine.Name)]
public sealed class CompareTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _images;

    public CompareTests()
    {
        _images = _folder["images"];
        for (var i = 0; i < 80; i++)
        {
            var noise = Made.Image(16, i);
            var pixels = Array.ConvertAll(noise.Pixels.ToArray(), p => (byte)(p / 2 + i % 2 * 128));
            Made.File(Path.Combine(_images, i % 2 == 0 ? "a" : "b", $"{i:D4}.png"), ImageEncoder.Png(new Image8(pixels, 16, 16)));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_ends_with_a_verdict_and_resumes()
    {
        string[] command =
            ["compare", "--data", _images, "--train", _images, "--out", _folder["out"], "--budget", "5m", "--repeats", "2",
            "--init-from", "none", .. CommandLine.Tiny];
        var (code, output, error) = CommandLine.Run(command);
        Assert.True(code == 0, error);
        Assert.Contains("BYOL from random weights", output, StringComparison.Ordinal);
        Assert.Contains("Guessing one of 2 classes has 50.0 %", output, StringComparison.Ordinal);
        Assert.Contains("do not pretrain", output, StringComparison.Ordinal);                 // nothing is better than pixels
        var (_, json, again) = CommandLine.Run([.. command, "--json"]);
        Assert.DoesNotContain("Pretraining", again, StringComparison.Ordinal);
        using var result = JsonDocument.Parse(json);
        Assert.False(result.RootElement.GetProperty("is_trained").GetBoolean());
        Assert.Contains(result.RootElement.GetProperty("verdict").GetString()!, output, StringComparison.Ordinal);
        Assert.Equal(json.Trim(), File.ReadAllText(_folder["out/report.json"]));
        CommandLine.Refuses([.. command, "--seed", "9"], "holds a comparison with", "seed 1", "seed 9");
    }

    [Fact]
    public void Mistakes_are_refused_in_a_line()
    {
        var others = Made.Images(_folder["others"], 20, "a", "c");
        Refuses(["--test", others], "both must have the same");
        Refuses(["--budget", "soon"], "soon");
        Refuses(["--init-from", _folder["nothing"]], "does not exist");
        Refuses(["--repeats", "1"], "draws must lie between 2 and 1000");
        Made.File(Path.Combine(_images, "c", "only.png"), Made.Png(16, 77));
        Refuses([], "Class c of", "has 1 image");
        Assert.False(Directory.Exists(_folder["out"]));

        void Refuses(string[] options, params string[] words) => CommandLine.Refuses(
            ["compare", "--data", _images, "--train", _images, "--out", _folder["out"], .. CommandLine.Tiny, .. options,
                .. options.Contains("--init-from") ? (string[])[] : ["--init-from", "none"]], words);
    }
}
