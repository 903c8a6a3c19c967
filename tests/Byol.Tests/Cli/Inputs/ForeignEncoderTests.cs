using System.Text.Json;
using Byol.Encoders;
using Byol.Models;
using Byol.Models.ResNet;
using Byol.Runs;
using Byol.TensorFiles;
using Byol.Tests.TensorFiles;
using static TorchSharp.torch;

namespace Byol.Tests.Cli.Inputs;

/// <summary>Encoders of other programs as arguments: of evaluate, diagnose, export and pretrain --init-from.</summary>
[Collection(CommandLine.Name)]
public sealed class ForeignEncoderTests : IDisposable
{
    private static readonly ResNetOptions Options = new() { Depth = 18, Width = 0.125, Stem = Stem.SmallStride2 };
    private readonly TemporaryFolder _folder = new();
    private readonly string _images, _file, _recipe;

    public ForeignEncoderTests()
    {
        _images = Made.Images(_folder["images"], 32, "a", "b");
        _file = _folder["lightly.pth"];
        using var network = Network();
        using var stream = File.Create(_file);
        List<(string, Tensor)> tensors = [.. EncoderFile.Tensors(network).Select(t => ($"backbone.{t.Name}", t.Value)),
            ("projection_head.0.weight", zeros(2, 2))];
        TorchWriter.Write(stream, tensors, new Dictionary<string, string>());
        _recipe = Made.File(_folder["tiny.toml"],
            Made.Text("[encoder]\nstem = \"smallstride2\"\n[views]\nimage_size = 16\nevaluation_crop = 1.0\n"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evaluate_says_what_was_taken_and_what_was_assumed()
    {
        var (code, output, error) = CommandLine.Run("evaluate", _file, "--train", _images, "--test", _images, "--k", "3");
        Assert.True(code == 0, error);
        string[] words = ["100 tensors under backbone. make a ResNet-18 of width 0.125", "not used: projection_head.0.weight",
            "prepared at 32 px", "--recipe overrides it", "padding 1"];
        Assert.All(words, w => Assert.Contains(w, error));
        Assert.Contains("lightly.pth", output);
    }

    [Fact]
    public void A_recipe_says_how_images_are_prepared()
    {
        var (code, _, error) = CommandLine.Run("evaluate", _file, "--train", _images, "--test", _images, "--k", "3", "--recipe", _recipe);
        Assert.True(code == 0, error);
        Assert.All((string[])["prepared at 16 px, center crop 1,", "as in the recipe", "stride 2"], w => Assert.Contains(w, error));
        (code, var output, error) = CommandLine.Run("diagnose", _file, "--data", _images, "--recipe", _recipe);
        Assert.True(code == 0, error);
        Assert.Contains("tiny.toml's", output);
    }

    // What was assumed goes into the file that is written: there it needs no recipe any more.
    [Fact]
    public void Export_makes_it_a_file_of_ours()
    {
        var (code, _, error) = CommandLine.Run("export", _file, "--out", _folder["ours.safetensors"], "--recipe", _recipe);
        Assert.True(code == 0, error);
        using var ours = EncoderFile.Open(_folder["ours.safetensors"], CPU);
        Assert.Null(ours.Origin);
        Assert.Equal((Options, 16), (ours.Description.Architecture, ours.Description.Preprocessing.ImageSize));
        CommandLine.Refuses(["evaluate", _folder["ours.safetensors"], "--train", _images, "--test", _images, "--recipe", _recipe],
            "does not go with");
        CommandLine.Refuses(["export", _folder["ours.safetensors"], "--out", _folder["x.pt"], "--recipe", _recipe], "does not go with");
    }

    [Fact]
    public void Pretraining_begins_with_it()
    {
        var run = _folder["run"];
        string[] still = ["--set", "optimizer.learning_rate=1e-30", "--set", "encoder.stem=smallstride2"];
        var (code, output, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", run, "--init-from", _file,
            .. CommandLine.Tiny, .. still, "--json"]);
        Assert.True(code == 0, error);
        Assert.Contains($"Beginning with {_file}: 100 tensors under backbone.", error);
        Assert.Equal("projection_head.0.weight",
            JsonDocument.Parse(output).RootElement.GetProperty("init_from").GetProperty("unused")[0].GetString());
        using var before = Network();
        using var after = EncoderFile.Open(RunDirectory.EncoderIn(run), CPU);
        // At this rate parameters stay as they came; statistics move.
        foreach (var ((name, expected), (_, actual)) in before.named_parameters().Zip(after.Network.named_parameters()))
            TensorAssert.Close(expected, actual, 1e-6, name);
    }

    [Fact]
    public void The_command_that_resumes_names_it_again()
    {
        string[] command = ["pretrain", "--data", _images, "--out", _folder["run"], "--init-from", _file, .. CommandLine.Tiny,
            "--set", "encoder.stem=smallstride2"];
        var (code, _, error) = CommandLine.Run(command);
        Assert.True(code == 0, error);
        (code, var output, error) = CommandLine.Run([.. command, "--resume"]);
        Assert.True(code == 0, error);
        Assert.DoesNotContain("Beginning with", error, StringComparison.Ordinal);
        Assert.Contains("Done: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_began_otherwise_is_not_resumed_with_it()
    {
        string[] command = ["pretrain", "--data", _images, "--out", _folder["run"], .. CommandLine.Tiny, "--set", "encoder.stem=smallstride2"];
        Assert.Equal(0, CommandLine.Run(command).Code);
        CommandLine.Refuses([.. command, "--resume", "--init-from", _file], "began with random weights, not with --init-from", "leave that option out");

        var (code, _, error) = CommandLine.Run([.. command, "--force", "--init-from", _file]);
        Assert.True(code == 0, error);
        var trained = RunDirectory.EncoderIn(_folder["run"]);
        CommandLine.Refuses([.. command, "--resume", "--init-from", trained], "began with another encoder than --init-from", "leave that option out");
    }

    [Fact]
    public void Mistakes_are_answered_in_one_line_and_leave_no_run()
    {
        var run = _folder["run"];
        Refuses(_file, "is a ResNet-18 of width 0.125 with stem SmallStride2", "--encoder resnet18x0.125 --set encoder.stem=smallstride2",
            ["--set", "encoder.width=0.25"]);
        Refuses(_folder["none.pth"], "does not exist", "give the folder", []);
        var hostile = Made.File(_folder["hostile.pth"], Pickled.File("\\x80\\x02cposix\nsystem\nX\\x0a\\x00\\x00\\x00touch ownedR."));
        Refuses(hostile, "it refers to posix.system", "torch.save its state_dict() alone", []);
        CommandLine.Refuses(["evaluate", hostile, "--train", _images, "--test", _images], "it refers to posix.system");
        var onnx = Made.File(_folder["e.onnx"], [1, 2, 3]);
        CommandLine.Refuses(["evaluate", onnx, "--train", _images, "--test", _images], "is not a model that ONNX Runtime reads");
        Refuses(onnx, "is not a whole ONNX model", "use another copy", []);
        Assert.False(Directory.Exists(run));

        void Refuses(string file, string first, string second, string[] options) =>
            CommandLine.Refuses(["pretrain", "--data", _images, "--out", run, "--init-from", file, .. CommandLine.Tiny, .. options], first,
                second);
    }

    private static ResNet Network()
    {
        using var weights = new WeightSource(9, CPU);
        return new ResNet(Options, weights);
    }
}
