using Byol.Tests.Cli;

namespace Byol.Tests.Samples;

/// <summary>samples/python/load.py takes what byol export writes.</summary>
[Collection(CommandLine.Name)]
public sealed class PythonSampleTests
{
    [Fact]
    public void Torchvision_takes_every_weight()
    {
        const string python = "/usr/bin/python3";
        var works = File.Exists(python) && Programs.Run(python, "-c", "import torch, torchvision, PIL").Code == 0;
        Assert.SkipUnless(works, "No torchvision here: apt-get install python3-torchvision");
        using var folder = new TemporaryFolder();
        var images = Made.Images(folder["images"], 16);
        string[] whole = ["--set", "encoder.width=1", "--set", "encoder.stem=imagenet", "--epochs", "1"];
        var tiny = CommandLine.Tiny.Where((_, i) => CommandLine.Tiny[i] != "--epochs" && (i == 0 || CommandLine.Tiny[i - 1] != "--epochs"));
        Assert.Equal(0, CommandLine.Run(["pretrain", "--data", images, "--out", folder["run"], .. tiny, .. whole]).Code);
        Assert.Equal(0, CommandLine.Run("export", folder["run"], "--format", "pytorch", "--out", folder["model.pt"]).Code);
        var script = Path.Combine(Repository.Root, "samples", "python", "load.py");
        var (code, output, error) = Programs.Run(python, script, folder["model.pt"], Path.Combine(images, "0000.png"));
        Assert.True(code == 0, error);
        Assert.Contains("0000.png (512,) [", output);
    }
}
