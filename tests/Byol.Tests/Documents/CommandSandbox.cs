using System.Text.RegularExpressions;
using Byol.Cli.Terminal;
using Byol.Data.Images;
using Byol.TensorFiles;
using Byol.Tests.Cli;
using TorchSharp;

namespace Byol.Tests.Documents;

/// <summary>A folder in which documented commands are run: with small images in place of PHOTOS, LABELED and whatever else pages call people's own
/// files, and with runs, encoders and classifiers of some steps in place of those that they have trained.</summary>
internal sealed partial class CommandSandbox : IDisposable
{
    private static readonly string[] Unlabeled = ["PHOTOS", "photos", "photographs"];
    private static readonly string[] Labeled = ["LABELED", "labeled", "OTHERS", "others", "TRAIN", "train", "TEST", "test", "validation"];
    private readonly TemporaryFolder _folder = new();
    private readonly string _run;

    public CommandSandbox()
    {
        foreach (var name in Unlabeled) Photographs(name, "");
        foreach (var name in Labeled) Photographs(name, "scratch", "fine");
        for (var shard = 0; shard < 5; shard++)
        {
            foreach (var folder in (string[])["", "cifar10"]) Made.File(_folder[Path.Combine(folder, $"train-{shard:D6}.tar")], Shard(shard));
        }
        File.Copy(Directory.GetFiles(_folder["PHOTOS"])[0], _folder["one.jpg"]);
        File.WriteAllText(_folder["byol"], $"#!/bin/sh\nexec dotnet '{typeof(ExitCodes).Assembly.Location}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder["byol"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _run = _folder["made/run"];
        Must(["pretrain", "--data", "PHOTOS", "--out", _run, .. CommandLine.Tiny]);
        Must(["classifier", _run, "--train", "LABELED", "--out", _folder["made/classifier.onnx"]]);
        Must(["embed", _run, "--data", "PHOTOS", "--out", _folder["made/embeddings.npy"]]);
        WithoutDescription(Path.Combine(_run, "encoder.safetensors"), _folder["made/weights.pt"]);
        Must(["data", "pack", "PHOTOS", "--out", _folder["made/pack.byolpack"]]);
    }

    /// <summary>Runs a command of the tool as the program does, here.</summary>
    public (int Code, string Out, string Error) Run(params IEnumerable<string> arguments)
    {
        var result = (Code: -1, Out: "", Error: "");
        Inside(() => result = CommandLine.Run(arguments));
        return result;
    }

    /// <summary>Does something with this as the working folder.</summary>
    public void Inside(Action action)
    {
        var before = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = _folder.Path;
            action();
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    /// <summary>Runs a line by the shell, here; <c>byol</c> is the tool.</summary>
    public (int Code, string Out, string Error) Shell(string line) => Programs.Run("bash", "-c", $"cd '{_folder.Path}' && PATH=\"$PWD:$PATH\" && {line}");

    /// <summary>Makes what a command reads, and takes away what it writes.</summary>
    public void Prepare(IReadOnlyList<string> words)
    {
        var resumes = words.Contains("--resume");
        for (var i = 1; i < words.Count; i++)
        {
            var isOutput = words[i - 1] is "--out" or "-o" or "--confusion" or "--spectrum";
            if (isOutput && !resumes) Remove(_folder[words[i]]);
            else if (!Path.Exists(_folder[words[i]])) Make(words[i]);
        }
    }

    public void Dispose() => _folder.Dispose();

    private void Make(string name)
    {
        var path = _folder[name];
        var ending = Path.GetExtension(name);
        if (name == "runs") CopyFolder(_run, Path.Combine(path, "mine"));
        else if (name == "ENCODER" || Run().IsMatch(name)) CopyFolder(_run, path);
        else if (name.StartsWith("runs/", StringComparison.Ordinal) && ending is ".safetensors") Copy(Path.Combine(_run, "encoder.safetensors"), path);
        else if (ending is ".safetensors") Copy(Path.Combine(_run, "encoder.safetensors"), path);
        else if (ending is ".pt" or ".pth") Copy(_folder["made/weights.pt"], path);
        else if (ending is ".onnx") CopyWithCard(path);
        else if (ending is ".byolpack") Copy(_folder["made/pack.byolpack"], path);
        else if (ending is ".npy") CopyAll("embeddings.npy", path);
        else if (ending is ".jpg" or ".png") Copy(_folder["one.jpg"], path);
    }

    private void CopyWithCard(string path)
    {
        Copy(_folder["made/classifier.onnx"], path);
        Copy(_folder["made/classifier.json"], Path.ChangeExtension(path, ".json"));
    }

    // A file of embeddings, its names, and what says which encoder made it.
    private void CopyAll(string made, string path)
    {
        foreach (var file in Directory.GetFiles(_folder["made"], Path.GetFileNameWithoutExtension(made) + ".*"))
            Copy(file, Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileName(file).Replace(
                Path.GetFileNameWithoutExtension(made), Path.GetFileNameWithoutExtension(path), StringComparison.Ordinal)));
    }

    private void Must(IEnumerable<string> arguments)
    {
        var (code, output, error) = Run(arguments);
        Assert.True(code == 0, output + error);
    }

    private void Photographs(string name, params string[] classes)
    {
        var images = new PatternImages(classes[0].Length == 0 ? 72 : 240);     // one percent of them are one of each class, and a bit
        for (var i = 0; i < images.Count; i++) Made.File(_folder[Path.Combine(name, classes[i % classes.Length], $"{i:D4}.png")], Png(images, i));
    }

    private static byte[] Shard(int shard)
    {
        var images = new PatternImages(80, seed: 2 + shard);      // a batch of the recipes in one shard
        return Made.Tar([.. Enumerable.Range(0, images.Count).SelectMany(i => new[]
        {
            ($"{i:D4}.png", Png(images, i)), ($"{i:D4}.cls", Made.Text($"{i % 2}")),
        })]);
    }

    private static byte[] Png(PatternImages images, int index) => ImageEncoder.Png(images.Read(index, new ImageBuffer()));

    private static void Remove(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        var beside = Path.GetExtension(path) switch
        {
            ".onnx" => Path.ChangeExtension(path, ".json"), ".npy" => Path.ChangeExtension(path, ".names.csv"), _ => path,
        };
        foreach (var file in new[] { path, beside, path + ".encoder.json" }.Where(File.Exists)) File.Delete(file);
    }

    // As the files of other programs are.
    private static void WithoutDescription(string from, string to)
    {
        using var file = new SafetensorsFile(from);
        using var scope = torch.NewDisposeScope();
        using var stream = File.Create(to);
        TorchWriter.Write(stream, [.. file.Names.Select(name => (name, file.Read(name)))], new Dictionary<string, string>());
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to, overwrite: true);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories)) Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    [GeneratedRegex("^runs/[a-z0-9-]+$")]
    private static partial Regex Run();
}
