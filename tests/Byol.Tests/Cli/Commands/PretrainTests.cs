using System.CommandLine;
using System.Text.Json;
using System.Xml.Linq;
using Byol.Cli.Inputs;
using Byol.Data.Images;
using Byol.Encoders;
using Byol.Runs;
using Byol.Training;

namespace Byol.Tests.Cli.Commands;

/// <summary>From images to an encoder and its score, all by what is typed.</summary>
[Collection(CommandLine.Name)]
public sealed class PretrainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _images, _run;

    public PretrainTests()
    {
        _images = Made.Images(_folder["images"], 64, "cat", "dog");
        _run = _folder["runs/first"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_leaves_all_that_it_promises()
    {
        var (code, output, error) =
            CommandLine.Run(["pretrain", "--data", _images, "--validation", _images, "--out", _run, .. CommandLine.Tiny]);
        Assert.True(code == 0, error);
        Assert.Equal(
            [
                "checkpoints", "data.json", "embeddings.safetensors", "encoder.safetensors", "log.txt", "loss.svg", "metrics.jsonl", "recipe.toml",
                "report.html", "run.lock", "thumbnails.safetensors", "views.png",
            ],
            Directory.EnumerateFileSystemEntries(_run).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        string[] words = [RunDirectory.EncoderIn(_run), "loss", "spread", "kNN", "views.png", "loss.svg", "report.html"];
        Assert.All(words, word => Assert.Contains(word, output));
        Assert.Contains("64 images, 8 steps (2 epochs)", error);

        var recipe = RecipeFile.Open(RunDirectory.RecipeIn(_run));
        Assert.Equal((0.125, 16, 2, 8),
            (recipe.Encoder.AsResNet().Width, recipe.Views.ImageSize, recipe.Training.Epochs, recipe.Method.ProjectionSize));
        Assert.Equal(Enumerable.Range(1, 8).Select(s => (long)s),
            RunLog.Read<StepRecord>(Path.Combine(_run, "metrics.jsonl")).Select(s => s.Step));
        Assert.InRange(Assert.Single(RunLog.Read<KnnRecord>(Path.Combine(_run, "metrics.jsonl"))).Knn, 0, 1);
        Assert.Equal(["step-000000004", "step-000000008"], Directory.GetDirectories(Path.Combine(_run, "checkpoints"))
            .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal("svg", XDocument.Load(Path.Combine(_run, "loss.svg")).Root!.Name.LocalName);
        Assert.InRange(ImageDecoder.Decode(File.ReadAllBytes(Path.Combine(_run, "views.png")), "views.png").Width, 100, 2000);
        using var encoder = EncoderFile.Open(RunDirectory.EncoderIn(_run), TorchSharp.torch.CPU).Network;
        Assert.Equal(64, encoder.Options().RepresentationSize);
    }

    [Fact]
    public void Json_is_one_object_and_nothing_else_and_resuming_goes_on()
    {
        using (var first = Json(["pretrain", "--data", _images, "--out", _run, "--json", .. CommandLine.Tiny]))
        {
            Assert.Equal(["run", "encoder", "init_from", "result", "passed_over"], first.RootElement.EnumerateObject().Select(p => p.Name));
            Assert.True(first.RootElement.GetProperty("result").GetProperty("finished").GetBoolean());
        }
        var whole = File.ReadAllBytes(RunDirectory.EncoderIn(_run));

        // As if it had been interrupted after the first epoch.
        Directory.Delete(Path.Combine(_run, "checkpoints", "step-000000008"), recursive: true);
        File.Delete(RunDirectory.EncoderIn(_run));
        var (code, _, error) = CommandLine.Run("pretrain", "--data", _images, "--out", _run, "--resume");
        Assert.True(code == 0, error);
        Assert.Contains("from step 4", error);
        Assert.Equal(whole, File.ReadAllBytes(RunDirectory.EncoderIn(_run)));
        Assert.Equal(8, RunLog.Read<StepRecord>(Path.Combine(_run, "metrics.jsonl")).Count);

        using var again = Json("pretrain", "--data", _images, "--out", _run, "--resume", "--json");
        Assert.Equal(8, again.RootElement.GetProperty("result").GetProperty("steps").GetInt64());
        Assert.Equal(whole, File.ReadAllBytes(RunDirectory.EncoderIn(_run)));
        var (_, text, _) = CommandLine.Run(["pretrain", "--data", _images, "--out", _run, "--resume", .. CommandLine.Tiny]);
        Assert.DoesNotContain("NaN", text);
        foreach (var other in (string[])[
            "--recipe folder", "--epochs 3", "--batch-size 8", "--image-size 24", "--encoder resnet34", "--seed 2", "--set method.tau=0.5"])
            CommandLine.Refuses(["pretrain", "--data", _images, "--out", _run, "--resume", .. other.Split(' ')],
                "contradicts the run in", "keeps its recipe", "another --out");
        CommandLine.Refuses(["pretrain", "--data", _images, "--out", _run, .. CommandLine.Tiny], "holds another run", "--resume");
    }

    // 128 images in all: nobody should take what comes of it for a trained encoder.
    [Fact]
    public void A_run_in_which_little_can_be_learned_says_so_before_and_after()
    {
        var (code, output, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", _run, .. CommandLine.Tiny]);
        Assert.Equal(0, code);
        Assert.Contains("warning: In all 128 images, each counted as often as it is seen, are too few to learn much from", error);
        Assert.Contains("TOO SHORT      128 images", output);
        Assert.Contains("train longer", output);
        string[] begun = ["pretrain", "--data", _images, "--out", _folder["on"], "--init-from", _run, .. CommandLine.Tiny];
        (code, output, error) = CommandLine.Run(begun);
        Assert.Equal(0, code);
        Assert.DoesNotContain("too few", error + output);
    }

    [Fact]
    public void Training_images_that_are_evaluated_are_said_once()
    {
        const string same = "is both trained on and evaluated", some = "are among the training images";
        var (_, _, error) = CommandLine.Run(["pretrain", "--data", _images, "--validation", _images, "--out", _run, .. CommandLine.Tiny]);
        Assert.Single(error.Split('\n'), line => line.Contains(same, StringComparison.Ordinal));
        Made.Images(_folder["others"], 6, "cat", "dog");                    // of the same seeds: the first six images again
        string[] every = ["--set", "training.evaluate_every_epochs=1"];
        (_, _, error) = CommandLine.Run(
            ["pretrain", "--data", _images, "--validation", _folder["others"], "--out", _folder["second"], .. CommandLine.Tiny, .. every]);
        Assert.DoesNotContain(same, error);
        Assert.Contains("6 of 6 images of ", Assert.Single(error.Split('\n'), line => line.Contains(some, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_spread_of_a_run_is_the_one_that_diagnose_measures()
    {
        using var run = Json(["pretrain", "--data", _images, "--out", _run, "--json", .. CommandLine.Tiny]);
        using var diagnosed = Json("diagnose", _run, "--data", _images, "--json");
        var spread = run.RootElement.GetProperty("result").GetProperty("spread").GetDouble();
        Assert.Equal(diagnosed.RootElement.GetProperty("encoder").GetProperty("std").GetDouble(), spread, 1e-6);
        Assert.NotEqual(run.RootElement.GetProperty("result").GetProperty("embedding_std").GetDouble(), spread, 1e-3);
    }

    [Fact]
    public void A_budget_chooses_the_encoder_and_the_recipe_holds_it()
    {
        var tiny = CommandLine.Tiny.Where((_, i) => i is not (2 or 3 or 4 or 5));      // neither --encoder nor --epochs
        var (code, output, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", _run, "--budget", "10s", .. tiny]);
        Assert.True(code == 0, error);
        Assert.Contains("How wide an encoder fits into 10 seconds?", error);
        var chosen = RecipeFile.Open(RunDirectory.RecipeIn(_run)).Encoder.AsResNet();
        Assert.Contains($"resnet{chosen.Depth}x{chosen.Width} is trained", error);
        using var encoder = EncoderFile.Open(RunDirectory.EncoderIn(_run), TorchSharp.torch.CPU).Network;
        Assert.Equal(chosen, encoder.Options());
        Assert.Contains("Done", output);
    }

    [Theory]
    [InlineData(true, "--budget 5m")]
    [InlineData(true, "--budget 5m --recipe cifar10 --set encoder.stem=small")]
    [InlineData(false, "--budget 5m --encoder resnet18x0.25")]
    [InlineData(false, "--budget 5m --set encoder.width=0.25")]
    [InlineData(false, "--recipe cifar10-hour")]
    [InlineData(false, "--set training.budget=5m")]
    public void Only_where_a_budget_is_typed_and_no_encoder(bool fits, string options)
    {
        var (inputs, parsed) = Parse(options);
        Assert.Equal(fits, inputs.FitsEncoder(parsed));
    }

    [Fact]
    public void A_run_whose_encoder_was_chosen_goes_on_by_the_same_command()
    {
        var (inputs, parsed) = Parse("--budget 5m --recipe cifar10-small");
        var recipe = inputs.Resolve(parsed);
        var chosen = recipe with { Encoder = recipe.Encoder.AsResNet() with { Width = 0.5 } };
        Assert.Equal(chosen, inputs.Resolve(parsed, chosen));
        var (typed, other) = Parse("--budget 5m --recipe cifar10-small --encoder resnet18x0.25");
        Assert.Equal(0.25, typed.Resolve(other, chosen).Encoder.AsResNet().Width);
    }

    [Fact]
    public void Typed_epochs_replace_the_budget_of_a_recipe()
    {
        var (inputs, parsed) = Parse("--recipe cifar10-hour --epochs 3");
        var training = inputs.Resolve(parsed).Training;
        Assert.Equal((TimeSpan.Zero, 3), (training.Budget, training.Epochs));
        var (unchanged, none) = Parse("--recipe cifar10-hour");
        Assert.Equal(TimeSpan.FromHours(1), unchanged.Resolve(none).Training.Budget);
    }

    [Theory]
    [InlineData("--recipe cifar10-hour --set training.epochs=3", "--set training.epochs=3 has no effect: training.budget = 1 hour")]
    [InlineData("--recipe cifar10-hour --set training.epochs=3 --set training.budget=none", "")]
    [InlineData("--recipe cifar10-small --set training.epochs=3", "")]
    public void Epochs_that_a_budget_makes_idle_are_named(string options, string said)
    {
        var (_, _, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", _run, "--batch-size", "10000", .. options.Split(' ')]);
        Assert.Contains(said, error);
        Assert.Equal(said.Length > 0, error.Contains("has no effect", StringComparison.Ordinal));
    }

    private static (RecipeInputs, ParseResult) Parse(string options)
    {
        var inputs = new RecipeInputs("folder");
        var command = new Command("pretrain");
        inputs.AddTo(command);
        inputs.AddBudgetTo(command);
        return (inputs, command.Parse(options));
    }

    [Fact]
    public void One_broken_image_in_many_is_replaced_and_named()
    {
        Made.File(Path.Combine(_images, "cat", "0000.png"), [1, 2, 3]);
        var (code, _, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", _run, .. CommandLine.Tiny]);
        Assert.True(code == 0, error);
        Assert.Contains("warning: cat/0000.png could not be read", error);
    }

    [Fact]
    public void Evaluate_scores_the_run_beside_its_baselines()
    {
        Assert.Equal(0, CommandLine.Run(["pretrain", "--data", _images, "--out", _run, .. CommandLine.Tiny]).Code);
        string[] evaluate = ["evaluate", _run, "--train", _images, "--test", _images, "--k", "5"];
        using (var json = Json([.. evaluate, "--baselines", "--json"]))
        {
            var rows = json.RootElement.GetProperty("rows").EnumerateArray().ToList();
            Assert.Equal(["raw pixels", "PCA of pixels", "random encoder", "BYOL encoder"],
                rows.Select(r => r.GetProperty("features").GetString()));
            Assert.All(rows, r => Assert.InRange(r.GetProperty("accuracy").GetDouble(), 0, 1));
            Assert.Equal([16 * 16 * 3, 63, 64, 64], rows.Select(r => r.GetProperty("dimension").GetInt32()));
        }
        var (code, output, _) = CommandLine.Run([.. evaluate[..1], RunDirectory.EncoderIn(_run), .. evaluate[2..]]);
        Assert.Equal(0, code);
        Assert.Contains("BYOL encoder", output);
        Assert.DoesNotContain("raw pixels", output);

        Made.Images(_folder["others"], 4, "cat", "horse");
        Made.Images(_folder["plain"], 4);
        Made.File(_folder["bad.safetensors"], [1, 2, 3]);
        CommandLine.Refuses([.. evaluate[..6], "--k", "65"], "k of 65", "64 labeled images");
        CommandLine.Refuses([.. evaluate[..6], "--k", "0"], "k of 0");
        CommandLine.Refuses([.. evaluate, "--temperature", "0"], "Temperature 0");
        CommandLine.Refuses([.. evaluate, "--temperature", "NaN"], "Temperature NaN");
        CommandLine.Refuses(["evaluate", _run, "--train", _images, "--test", _folder["others"], "--k", "5"], "must have the same");
        CommandLine.Refuses(["evaluate", _run, "--train", _images, "--test", _folder["plain"], "--k", "5"], "has no labels");
        CommandLine.Refuses(["evaluate", _run, "--train", _folder["nowhere"], "--test", _images], "does not exist");
        CommandLine.Refuses(["evaluate", _folder["nowhere"], .. evaluate[2..]], "Encoder", "does not exist");
        CommandLine.Refuses(["evaluate", _images, .. evaluate[2..]], "encoder.safetensors does not exist");
        CommandLine.Refuses(["evaluate", "resnet50", .. evaluate[2..]], "Encoder resnet50 is neither a file nor a run", "torchvision-resnet50");
        CommandLine.Refuses(["evaluate", _folder["bad.safetensors"], .. evaluate[2..]], "bad.safetensors");
        Made.File(Path.Combine(_images, "dog", "0001.png"), [1, 2, 3]);
        CommandLine.Refuses(evaluate, "0001.png");
    }

    private static JsonDocument Json(params string[] arguments)
    {
        var (code, output, error) = CommandLine.Run(arguments);
        Assert.True(code == 0, error);
        Assert.Single(output.TrimEnd().Split('\n'));
        return JsonDocument.Parse(output);
    }
}
