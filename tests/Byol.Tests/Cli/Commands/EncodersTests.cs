using System.Text.Json;
using Byol.Encoders;
using Byol.Export;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Tests.Export;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Tests.Cli.Commands;

/// <summary>Encoders by name in every verb, and runs that continue them. A small network lies where the large one would.</summary>
[Collection(CommandLine.Name)]
public sealed class EncodersTests : IDisposable
{
    private const string Named = "imagenet-resnet18";
    private static readonly ResNetOptions Options = new() { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2, Blocks = [1, 1, 2, 1] };
    private static readonly Preprocessing Preprocessing = new(16, 1, [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]);

    // What a tiny run needs beside the recipe that continues an encoder.
    private static readonly string[] Tiny =
    [
        "--epochs", "1", "--batch-size", "16", "--image-size", "16", "--set", "method.projector_hidden=16", "--set",
            "method.projection_size=8",
        "--set", "method.predictor_hidden=16", "--set", "training.loader_threads=1",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentVariable _data, _cache;
    private readonly string _images, _file;

    public EncodersTests()
    {
        (_data, _cache) = (new EnvironmentVariable("BYOL_DATA", _folder["data"]), new EnvironmentVariable("BYOL_CACHE", _folder["cache"]));
        _images = Made.Images(_folder["images"], 32, "a", "b");
        _file = _folder[$"data/encoders/{Named}.safetensors"];
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        using var network = Network();
        using var stream = File.Create(_file);
        EncoderWriter.Write(stream, network, new EncoderDescription(Options, Preprocessing));
        File.WriteAllText(_folder[$"data/encoders/{Named}.LICENSE.txt"], "Of somebody.\n");
    }

    public void Dispose()
    {
        _data.Dispose();
        _cache.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void List_says_what_is_known_and_where_it_lies()
    {
        var (code, output, error) = CommandLine.Run("encoders", "list");
        Assert.True(code == 0, error);
        Assert.All(PretrainedEncoders.All, e => Assert.Contains($"{e.Name}  ({e.License})", output));
        Assert.Contains($"  {_file}\n", output);
        Assert.Contains("byol encoders get torchvision-resnet50", output);
        var json = JsonDocument.Parse(CommandLine.Run("encoders", "list", "--json").Out).RootElement.GetProperty("encoders");
        Assert.Equal(PretrainedEncoders.All.Select(e => e.Name), json.EnumerateArray().Select(e => e.GetProperty("name").GetString()));
    }

    [Fact]
    public void Info_shows_the_encoder_and_its_license()
    {
        var (code, output, error) = CommandLine.Run("encoders", "info", Named);
        Assert.True(code == 0, error);
        Assert.All((string[])["ResNet-18 of width 0.125 with 1, 1, 2, 1 blocks with stem SmallStride2", "64 dimensions",
            "16 px, center crop 1, mean 0.1 0.2 0.3",
            "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f", "Of somebody.", _file], w => Assert.Contains(w, output));
        Assert.Contains("not on this machine: byol encoders get", CommandLine.Run("encoders", "info", "torchvision-resnet34").Out);
        CommandLine.Refuses(["encoders", "info", "imagenet-resnet"], "did you mean imagenet-resnet18?");
        CommandLine.Refuses(["encoders", "get", "resnet"], "Encoder resnet is not known");
        Assert.Equal(_file, CommandLine.Run("encoders", "get", Named).Out.Trim());
    }

    [Fact]
    public void Info_shows_what_any_file_says()
    {
        using (NewDisposeScope()) new UnfoldedResNet(Network()).Write(_folder["x.onnx"], "n", 16);
        Shows([_file], "ResNet-18 of width 0.125 with 1, 1, 2, 1 blocks", "64 dimensions", "16 px, center crop 1", _file, "weights       sha256 ");
        Shows([_folder["x.onnx"]], "64 dimensions", "16 px");
        Shows([_folder["x.onnx"], "--onnx", "preset=mlnet"], "mean 0.4829475");
        Assert.Equal(0, CommandLine.Run(["pretrain", "--data", _images, "--out", _folder["run"], "--init-from", Named, .. Tiny]).Code);
        Shows([_folder["run"]], "mean 0.1 0.2 0.3");
        using var json = JsonDocument.Parse(CommandLine.Run("encoders", "info", _folder["run"], "--json").Out);
        Assert.Equal(128, json.RootElement.GetProperty("dimension").GetInt32());
        CommandLine.Refuses(["encoders", "info", _folder["none.safetensors"]], "does not exist");
        Made.File(_folder["bad.safetensors"], [1, 2, 3]);
        CommandLine.Refuses(["encoders", "info", _folder["bad.safetensors"]], "bad.safetensors");

        void Shows(string[] arguments, params string[] words)
        {
            var (code, output, error) = CommandLine.Run(["encoders", "info", .. arguments]);
            Assert.True(code == 0, error);
            Assert.All(words, w => Assert.Contains(w, output, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_verb_takes_a_name_and_a_path_comes_before_it()
    {
        string[][] commands =
        [
            ["evaluate", Named, "--train", _images, "--test", _images, "--k", "3"], ["diagnose", Named, "--data", _images],
            ["embed", Named, "--data", _images, "--out", _folder["e.npy"], "--precision", "float32"],
            ["search", Named, "--data", _images, "--query", Directory.GetFiles(_images, "*.png", SearchOption.AllDirectories)[0]],
            ["duplicates", Named, "--data", _images], ["export", Named, "--out", _folder["e.pt"]],
        ];
        foreach (var command in commands)
        {
            var (code, output, error) = CommandLine.Run(command);
            Assert.True(code == 0, $"{command[0]}: {error}");
            if (command[0] == "evaluate") Assert.Contains(Named, output);
        }
        Assert.Contains($"\"encoder\":\"{Named}\"", File.ReadAllText(_folder["e.npy.encoder.json"]).Replace(" ", ""));
        using (var opened = EncoderFile.Open(_folder["e.pt"], CPU)) Assert.Equal(Options, opened.Description.Architecture);
        CommandLine.Refuses(["embed", "imagenet-resnet81", "--data", _images, "--out", _folder["x.npy"]],
            "neither a file nor a run", "did you mean imagenet-resnet18?");
        CommandLine.Refuses(["evaluate", "randum", "--train", _images, "--test", _images], "did you mean random?");
        Made.File(_folder["here/torchvision-resnet50"], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        var before = Directory.GetCurrentDirectory();
        try
        {
            Directory.SetCurrentDirectory(_folder["here"]);
            CommandLine.Refuses(["embed", "torchvision-resnet50", "--data", _images, "--out", _folder["x.npy"]], "torchvision-resnet50");
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [Fact]
    public void A_name_alone_continues_the_encoder_with_its_architecture_and_its_normalization()
    {
        var run = _folder["run"];
        var (code, _, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", run, "--init-from", Named, .. Tiny]);
        Assert.True(code == 0, error);
        Assert.Contains($"Beginning with {Named}: ", error);
        var (recipe, adapt) = (PretrainingRun.Open(run).Recipe, Recipes.Adapt);
        Assert.Equal(Options with { Pooling = SpatialPooling.MeanMax }, recipe.Encoder);
        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], recipe.Views.Mean.ToArray().Concat(recipe.Views.StandardDeviation.ToArray()));
        Assert.Equal((adapt.Optimizer, adapt.Views.CropArea.Low, 16), (recipe.Optimizer, recipe.Views.CropArea.Low,
            recipe.Views.ImageSize));
        using var initial = EncoderFile.Open(_folder["run/initial.safetensors"], CPU);
        using var named = EncoderFile.Open(_file, CPU);
        Assert.Equal(named.Description.Weights, initial.Description.Weights);
        // The encoder that came of it says the same, and can be continued likewise.
        (code, _, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", _folder["more"], "--init-from", run, .. Tiny,
            "--set", "optimizer.learning_rate=0.01", "--encoder", "resnet18x0.125", "--set", "encoder.blocks=[1,1,2,1]"]);
        Assert.True(code == 0, error);
        Assert.Equal((Options with { Pooling = SpatialPooling.MeanMax }, 0.01), (PretrainingRun.Open(_folder["more"]).Recipe.Encoder,
            PretrainingRun.Open(_folder["more"]).Recipe.Optimizer.LearningRate));
    }

    [Fact]
    public void What_contradicts_the_weights_is_refused_in_one_line()
    {
        Refuses(["--encoder", "resnet50"], $"{Named} is a ResNet-18 of width 0.125 with 1, 1, 2, 1 blocks",
            "asks for a ResNet-50 of width 1",
            "--set encoder.blocks=[1,1,2,1]");
        Refuses(["--set", "encoder.width=1"], "leave that out");
        Refuses(["--recipe", "folder"], "asks for a ResNet-18 of width 0.5");
        Refuses(["--set", "views.mean=[0.5,0.5,0.5]"], "was trained with mean 0.1 0.2 0.3",
            "leave views.mean and views.standard_deviation out");
        CommandLine.Refuses(["pretrain", "--data", _images, "--out", _folder["run"], "--recipe", "adapt"], "continues an encoder",
            "--init-from");
        Assert.False(Directory.Exists(_folder["run"]));

        void Refuses(string[] options, params string[] words) =>
            CommandLine.Refuses(["pretrain", "--data", _images, "--out", _folder["run"], "--init-from", Named, .. options], words);
    }

    [Fact]
    public void Models_of_other_programs_go_through_every_verb()
    {
        using (NewDisposeScope())
        {
            var network = Network(new ResNetOptions { Depth = 18, Width = 0.125 });
            new UnfoldedResNet(network) { Classifies = true }.Write(_folder["x.onnx"], "n", 32);
        }
        var query = Directory.GetFiles(_images, "*.png", SearchOption.AllDirectories)[0];
        string[][] commands =
        [
            ["evaluate", _folder["x.onnx"], "--train", _images, "--test", _images, "--k", "3", "--baselines"],
            ["diagnose", _folder["x.onnx"], "--data", _images], ["embed", _folder["x.onnx"], "--data", _images, "--out", _folder["e.csv"]],
            ["search", _folder["x.onnx"], "--data", _images, "--query", query], ["duplicates", _folder["x.onnx"], "--data", _images],
            ["search", _folder["x.onnx"], "--embeddings", _folder["e.csv"], "--query", query],
        ];
        foreach (var command in commands)
        {
            var (code, output, error) = CommandLine.Run(command);
            Assert.True(code == 0, $"{command[0]}: {error}");
            Assert.Contains("because nothing says otherwise; use --onnx preset=mlnet", error);
            if (command[0] == "evaluate") Assert.Contains("x.onnx", output);
        }
        Fails(["search", _folder["x.onnx"], "--embeddings", _folder["e.csv"], "--query", query, "--onnx", "color=bgr"],
            "the encoders differ");
        CommandLine.Refuses(["embed", _folder["x.onnx"], "--data", _images, "--out", _folder["y.csv"], "--onnx", "preset=imagnet"],
            "preset", "imagenet");
        CommandLine.Refuses(["embed", Named, "--data", _images, "--out", _folder["y.csv"], "--onnx", "color=bgr"], "which is not an .onnx");
        Fails(["evaluate", _folder["x.onnx"], "--train", _images, "--test", _images, "--protocol", "finetune"],
            "can be run and not trained");
        CommandLine.Refuses(["embed", _folder["x.onnx"], "--data", _images, "--out", _folder["y.csv"], "--recipe", "folder"],
            "--onnx says what it is given");

        // Behind the lines that say how the model is used.
        void Fails(string[] arguments, string words)
        {
            var (code, _, error) = CommandLine.Run(arguments);
            Assert.Equal(2, code);
            Assert.Contains(words, error.TrimEnd().Split('\n')[^1]);
        }
    }

    [Fact]
    public void Models_with_BatchNorms_are_trained_on_and_exported_and_those_without_are_given_theirs_back()
    {
        using (NewDisposeScope()) new UnfoldedResNet(Network(Options)).Write(_folder["x.onnx"], "n", 16);
        var (code, _, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", _folder["run"], "--init-from", _folder["x.onnx"],
            .. Tiny]);
        Assert.True(code == 0, error);
        Assert.Equal(Options with { Pooling = SpatialPooling.MeanMax }, PretrainingRun.Open(_folder["run"]).Recipe.Encoder);
        (code, _, error) = CommandLine.Run("export", _folder["x.onnx"], "--out", _folder["x.safetensors"]);
        Assert.True(code == 0, error);

        (code, _, error) = CommandLine.Run("export", Named, "--out", _folder["ours.onnx"], "--data", _images);
        Assert.True(code == 0, error);
        CommandLine.Refuses(["export", _folder["ours.onnx"], "--out", _folder["y.safetensors"]], "its weights are folded");
        (code, _, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", _folder["again"], "--init-from", _folder["ours.onnx"],
            .. Tiny]);
        Assert.True(code == 0, error);
        Assert.Contains("BatchNorms were folded into its convolutions; they are rebuilt by what it makes of 32 images", error);
        Assert.Equal([0.1, 0.2, 0.3], PretrainingRun.Open(_folder["again"]).Recipe.Views.Mean.ToArray());
    }

    private static ResNet Network(ResNetOptions? options = null)
    {
        using var weights = new WeightSource(9, CPU);
        return new ResNet(options ?? Options, weights);
    }
}
