using System.Globalization;
using Byol.Tests.Cli;

namespace Byol.Tests.Samples;

/// <summary>samples/python/load.py makes of what byol export writes the encoder that it was.</summary>
[Collection(CommandLine.Name)]
public sealed class PythonSampleTests
{
    [Theory]
    [InlineData("imagenet")]
    [InlineData("small")]
    [InlineData("smallstride2")]
    public void Torchvision_embeds_as_byol_does(string stem)
    {
        const string python = "/usr/bin/python3";
        var works = File.Exists(python) && Programs.Run(python, "-c", "import torch, torchvision, PIL").Code == 0;
        Assert.SkipUnless(works, "No torchvision here: apt-get install python3-torchvision");
        using var folder = new TemporaryFolder();
        var images = Made.Images(folder["images"], 16);
        string[] pretrain = ["pretrain", "--data", images, "--out", folder["run"], .. CommandLine.Tiny, "--set", $"encoder.stem={stem}"];
        Assert.Equal(0, CommandLine.Run(pretrain).Code);
        Assert.Equal(0, CommandLine.Run("export", folder["run"], "--out", folder["model.pt"]).Code);
        Assert.Equal(0, CommandLine.Run("embed", folder["run"], "--data", images, "--out", folder["byol.csv"], "--precision", "float32").Code);
        var script = Path.Combine(Repository.Root, "samples", "python", "load.py");
        var (code, output, error) = Programs.Run(python, script, folder["model.pt"], Path.Combine(images, "0000.png"));
        Assert.True(code == 0, error);
        Assert.Contains("0000.png (64,) [", output, StringComparison.Ordinal);
        var printed = Numbers(output[(output.IndexOf('[', StringComparison.Ordinal) + 1)..output.IndexOf(']', StringComparison.Ordinal)]);
        var ours = Numbers(string.Join(',', File.ReadLines(folder["byol.csv"]).ElementAt(1).Split(',').TakeLast(64))).Take(4);
        Assert.All(ours.Zip(printed), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    private static List<double> Numbers(string list) => [.. list.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
}
