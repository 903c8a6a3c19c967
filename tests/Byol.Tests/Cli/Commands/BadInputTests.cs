using Byol.Export;
using Byol.Tests.Export;

namespace Byol.Tests.Cli.Commands;

/// <summary>What users have that cannot be worked with: every verb that meets it says so in one line, and exits with 2.</summary>
[Collection(CommandLine.Name)]
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _images;

    public BadInputTests() => _images = Made.Images(_folder["images"], 40, "a", "b");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Models => new()
    {
        { "two inputs", "has 2 inputs (image, mask) where one image is needed; use another model." },
        { "dynamic size", "leaves the size of its images open (shape [-1,3,-1,-1]); image_size = 224" },
        { "one channel", "takes 1 channels (shape [-1,1,16,16], read as nchw) where an image of three is needed" },
        { "four channels", "takes 4 channels (shape [-1,4,16,16], read as nchw) where an image of three is needed" },
        { "oblong", "takes images of 32 x 16 pixels where they must be square" },
        { "a table", "takes an input of shape [-1,12] where an image, [n,3,S,S] or [n,S,S,3], is needed" },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_that_takes_no_image(string kind, string words)
    {
        var model = Model(kind);
        CommandLine.Refuses(["embed", model, "--data", _images, "--out", _folder["e.npy"]], words);
        CommandLine.Refuses(["evaluate", model, "--train", _images], words);
        CommandLine.Refuses(["diagnose", model, "--data", _images], words);
        CommandLine.Refuses(["duplicates", model, "--data", _images], words);
        CommandLine.Refuses(["search", model, "--data", _images, "--query", Path.Combine(_images, "a", "0000.png")], words);
        CommandLine.Refuses(["encoders", "info", model], words);
        Assert.False(File.Exists(_folder["e.npy"]));
    }

    // To be trained on, a model must be a network that is known: it is another.
    [Theory]
    [InlineData("two inputs", "has 2 inputs where one image is needed")]
    [InlineData("dynamic size", "only residual networks of torchvision's kind can be trained")]
    [InlineData("one channel", "only residual networks of torchvision's kind can be trained")]
    public void Nor_can_it_be_continued_or_classified_by(string kind, string words)
    {
        var model = Model(kind);
        CommandLine.Refuses(["pretrain", "--data", _images, "--out", _folder["run"], "--init-from", model], words);
        CommandLine.Refuses(["compare", "--data", _images, "--train", _images, "--out", _folder["run"], "--init-from", model], words);
        CommandLine.Refuses(["classifier", model, "--train", _images, "--out", _folder["c.onnx"]], words);
        CommandLine.Refuses(["predict", model, "--data", _images, "--out", _folder["p.csv"]], "is not a classifier");
        Assert.False(Directory.Exists(_folder["run"]) || File.Exists(_folder["c.onnx"]) || File.Exists(_folder["p.csv"]));
    }

    [Fact]
    public void A_size_that_the_model_does_not_take()
    {
        var model = Model("16 px");
        CommandLine.Refuses(["embed", model, "--data", _images, "--out", _folder["e.npy"], "--onnx", "image_size=32"],
            "takes images of 16 px and not of 32; leave image_size out, or set it to 16.");
    }

    [Fact]
    public void A_class_that_cannot_be_both_learned_from_and_classified()
    {
        Made.File(Path.Combine(_images, "c", "only.png"), Made.Png(16, 77));
        foreach (var command in Labeled(_images))
            CommandLine.Refuses(command, "lass c", command[0] == "classifier" ? "has one image" : "has 1 image");
        // Twice the same picture is one that differs from none.
        Made.File(Path.Combine(_images, "c", "again.png"), Made.Png(16, 77));
        foreach (var command in Labeled(_images).Where(c => c[0] != "classifier")) CommandLine.Refuses(command, "nearly the same picture");
    }

    [Fact]
    public void Labels_that_differ_between_the_sets()
    {
        var others = Made.Images(_folder["others"], 20, "a", "c");
        foreach (var command in Labeled(_images).Where(c => c[0] != "classifier"))
            CommandLine.Refuses([.. command, "--test", others], "has classes a, b and", "has a, c; both must have the same");
    }

    private IEnumerable<string[]> Labeled(string images) =>
    [
        ["evaluate", "random", "--train", images],
        ["compare", "--data", images, "--train", images, "--out", _folder["out"], "--init-from", "none", .. CommandLine.Tiny],
        ["classifier", Encoder(), "--train", images, "--out", _folder["c.onnx"]],
    ];

    private string Encoder()
    {
        var run = _folder["encoder"];
        if (Directory.Exists(run)) return run;
        var (code, _, error) = CommandLine.Run(
            ["pretrain", "--data", _images, "--out", run, .. CommandLine.Tiny, "--max-steps", "1"]);
        Assert.True(code == 0, error);
        return run;
    }

    private string Model(string kind)
    {
        var graph = new OnnxGraph();
        object[] shape = kind switch
        {
            "dynamic size" => ["n", 3, "h", "w"],
            "one channel" => ["n", 1, 16, 16],
            "four channels" => ["n", 4, 16, 16],
            "oblong" => ["n", 3, 16, 32],
            "a table" => ["n", 12],
            _ => ["n", 3, 16, 16],
        };
        graph.Input("image", shape);
        var isTwo = kind == "two inputs";
        if (isTwo) graph.Input("mask", shape);
        graph.Output(isTwo ? graph.Node("Add", "out", ["image", "mask"]) : graph.Node("Relu", "out", ["image"]), shape);
        return MadeOnnx.Write(_folder["model.onnx"], graph);
    }
}
