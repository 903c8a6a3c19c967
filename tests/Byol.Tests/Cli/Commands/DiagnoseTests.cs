using System.Text.Json;
using System.Xml.Linq;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol diagnose, on images that have no labels.</summary>
[Collection(CommandLine.Name)]
public sealed class DiagnoseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _images, _run;

    public DiagnoseTests()
    {
        (_images, _run) = (Made.Images(_folder["images"], 32), _folder["run"]);
        var (code, _, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", _run, .. CommandLine.Tiny]);
        Assert.True(code == 0, error);
        Assert.Contains("epoch 2: effective rank", error);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Figures_stand_beside_those_of_an_untrained_encoder_and_the_spectrum_is_drawn()
    {
        var picture = _folder["new/spectrum.svg"];
        var (code, output, error) = CommandLine.Run("diagnose", _run, "--data", _images, "--spectrum", picture);
        Assert.True(code == 0, error);
        string[] words = ["32 images", "64 dimensions", "the run's", "effective rank", "alignment", "uniformity", "untrained"];
        Assert.All(words, w => Assert.Contains(w, output));
        Assert.Contains("singular value", XDocument.Load(picture).ToString());
        Assert.Contains($"Wrote {picture}", output);
        Assert.StartsWith(CommandLine.Run("diagnose", _run, "--data", _images).Out.TrimEnd(), output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_every_figure_and_the_spectrum()
    {
        var file = Path.Combine(_run, "encoder.safetensors");
        var (code, output, error) = CommandLine.Run("diagnose", file, "--data", _images, "--images", "10", "--json");
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
        foreach (var network in (string[])["encoder", "untrained"])
        {
            var figures = json.RootElement.GetProperty(network);
            Assert.Equal(10, figures.GetProperty("images").GetInt32());
            Assert.InRange(figures.GetProperty("effective_rank").GetDouble(), 1, 10);
            Assert.InRange(figures.GetProperty("uniformity").GetDouble(), -8, 0);
            Assert.Equal(10, figures.GetProperty("spectrum").GetArrayLength());
        }
    }

    // An encoder that lies alone does not say how its views were drawn.
    [Fact]
    public void An_encoder_without_its_run_is_measured_with_the_papers_views()
    {
        File.Copy(Path.Combine(_run, "encoder.safetensors"), _folder["alone.safetensors"]);
        Assert.Contains("drawn as the paper's", CommandLine.Run("diagnose", _folder["alone.safetensors"], "--data", _images).Out);
    }

    [Fact]
    public void Mistakes_are_answered_in_one_line()
    {
        CommandLine.Refuses(["diagnose", _run, "--data", _images, "--images", "1"], "--images 1 must lie between 2 and 20000");
        CommandLine.Refuses(["diagnose", _run, "--data", _images, "--spectrum", "s.png"], "--spectrum s.png must be a file that ends in .svg");
        CommandLine.Refuses(["diagnose", _folder["none"], "--data", _images], "does not exist");
        CommandLine.Refuses(["diagnose", _run, "--data", _folder["none"]], "does not exist");
        CommandLine.Refuses(["diagnose", _run, "--data", Made.Images(_folder["one"], 1)], "distances need at least 2");
        CommandLine.Refuses(["diagnose", _run], "--data");
    }
}
