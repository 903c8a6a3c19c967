using System.Text.Json;

namespace Byol.Tests.Cli.Commands;

/// <summary>What the verbs say of their data: what is skipped, what was decided, and that a run's own output never becomes
/// data.</summary>
[Collection(CommandLine.Name)]
public sealed class DataNotesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentVariable _data, _cache;
    private readonly string _images;

    public DataNotesTests()
    {
        (_data, _cache) = (new EnvironmentVariable("BYOL_DATA", _folder["none"]), new EnvironmentVariable("BYOL_CACHE", _folder["cache"]));
        _images = Made.Images(_folder["images"], 64);
    }

    public void Dispose()
    {
        _data.Dispose();
        _cache.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Every_verb_counts_what_is_passed_over()
    {
        Made.File(_folder["images/a.ppm"], [1]);
        Made.File(_folder["images/b.ppm"], [1]);
        Made.File(_folder["images/c.png"], []);
        const string said = "3 skipped (a.ppm, ...): 2 .ppm (not read; convert them to PNG or JPEG), 1 empty.";
        Assert.Contains(said, CommandLine.Run("data", "info", _images).Out);
        RequirePassedOver(CommandLine.Run("data", "info", _images, "--json").Out);
        Assert.Contains(said, CommandLine.Run("data", "pack", _images, "--out", _folder["a.byolpack"]).Out);
        RequirePassedOver(CommandLine.Run("data", "pack", _images, "--out", _folder["b.byolpack"], "--json").Out);
        var (code, output, error) = Pretrain(_images, "--json");
        Assert.True(code == 0, error);
        Assert.Contains($"note: {_images}: {said}", error);
        RequirePassedOver(output);
        (code, output, error) = CommandLine.Run("embed", Run, "--data", _images, "--out", _folder["e.npy"], "--json");
        Assert.True(code == 0, error);
        Assert.Contains(said, error);
        RequirePassedOver(output);
    }

    [Fact]
    public void What_a_run_writes_beside_its_images_is_no_data()
    {
        var inside = Path.Combine(_images, "runs", "mine");
        var before = CommandLine.Run("data", "info", _images, "--json").Out;
        Assert.Equal(0, CommandLine.Run(["pretrain", "--data", _images, "--out", inside, .. CommandLine.Tiny]).Code);
        var sheet = Path.Combine(_images, "sheet.png");
        CommandLine.Run("preview", "--data", _images, "--out", sheet, "--recipe", "quickstart", "--tile", "16");
        var after = CommandLine.Run("data", "info", _images, "--json").Out;
        Assert.Equal(Count(before), Count(after));
        Assert.Contains("folders of runs", after);
        Assert.Contains("pictures made by Byol", after);
        var (code, _, error) = CommandLine.Run(["pretrain", "--data", _images, "--out", inside, "--resume", .. CommandLine.Tiny]);
        Assert.True(code == 0, error);
        CommandLine.Refuses(["data", "info", inside], "is the folder of a run");
    }

    [Fact]
    public void A_run_is_resumed_on_its_own_images_unless_others_are_accepted()
    {
        Assert.Equal(0, Pretrain(_images).Code);
        for (var i = 0; i < 4; i++) Made.File(_folder[$"images/more{i}.png"], Made.Png(16, 100 + i));
        string[] resume = ["pretrain", "--data", _images, "--out", Run, "--resume"];
        CommandLine.Refuses(resume, "is not what the run", "it has 68 images and had 64", "add --accept-other-data");
        var other = Made.Images(_folder["other"], 64, "x");
        CommandLine.Refuses([.. resume[..2], other, .. resume[3..]], "its first image is x/0000.png and was 0000.png");
        var (code, _, error) = CommandLine.Run([.. resume, "--accept-other-data"]);
        Assert.True(code == 0, error);
        Assert.Contains("is trained on with other images: it has 68 images and had 64.", error);
        Assert.DoesNotContain("other images", CommandLine.Run(resume).Error);
        CommandLine.Refuses(["pretrain", "--data", _images, "--out", _folder["new"], "--accept-other-data"], "goes with --resume alone");
    }

    [Fact]
    public void A_run_of_before_is_resumed_and_it_is_said_that_its_images_are_not_known()
    {
        Assert.Equal(0, Pretrain(_images).Code);
        File.Delete(Path.Combine(Run, "data.json"));
        var (code, _, error) = CommandLine.Run("pretrain", "--data", _images, "--out", Run, "--resume");
        Assert.True(code == 0, error);
        Assert.Contains("does not say which images it began with", error);
        Assert.DoesNotContain("does not say", CommandLine.Run("pretrain", "--data", _images, "--out", Run, "--resume").Error);
        File.WriteAllText(Path.Combine(Run, "data.json"), "{");
        CommandLine.Refuses(["pretrain", "--data", _images, "--out", Run, "--resume"], "data.json is damaged");
    }

    [Fact]
    public void A_depth_that_was_measured_stands_in_the_recipe()
    {
        Made.File(_folder["deep/0.png"], Images.PillowFiles.All["png 12 bit rgb in 16"].File);
        for (var i = 1; i < 20; i++) File.Copy(_folder["deep/0.png"], _folder[$"deep/{i}.png"]);
        Assert.Contains("set images.depth to 12", CommandLine.Run("data", "info", _folder["deep"]).Out);
        Assert.DoesNotContain("images.depth", CommandLine.Run("data", "info", _folder["deep"], "--set", "images.depth=0").Out);
        Assert.Equal(0, Pretrain(_folder["deep"], "--set", "images.depth=0", "--set", "images.background=black").Code);
        var recipe = File.ReadAllText(Path.Combine(Run, "recipe.toml"));
        Assert.Contains("[images]\nbackground = \"black\"\ndepth = 12\n", recipe);
        Assert.Equal(0, CommandLine.Run("pretrain", "--data", _folder["deep"], "--out", Run, "--resume").Code);
        CommandLine.Refuses(["data", "info", _folder["deep"], "--set", "training.epochs=3"], "not about how images are read");
        CommandLine.Refuses(["data", "info", _folder["deep"], "--set", "images.depth=3"], "Depth 3");
    }

    [Fact]
    public void Classes_without_images_are_counted_and_not_listed()
    {
        var tar = Made.File(_folder["gaps.tar"], Made.Tar(
            ("0.png", Made.Png()), ("0.cls", Made.Text("0")), ("1.png", Made.Png()), ("1.cls", Made.Text("999"))));
        var (_, output, _) = CommandLine.Run("data", "info", tar);
        Assert.InRange(output.Split('\n').Length, 5, 8);
        Assert.Contains("998 more classes have no image", output);
        using var json = JsonDocument.Parse(CommandLine.Run("data", "info", tar, "--json").Out);
        Assert.Equal((2, 998), (json.RootElement.GetProperty("classes").EnumerateObject().Count(),
            json.RootElement.GetProperty("classes_without_images").GetInt32()));
    }

    [Fact]
    public void Labels_that_are_no_classes_stop_evaluation_alone()
    {
        var tar = Made.File(_folder["odd.tar"], Made.Tar([.. Enumerable.Range(0, 16).SelectMany(i =>
            new (string, byte[])[] { ($"{i}.png", Made.Png(16, i)), ($"{i}.cls", Made.Text("-1")) })]));
        Assert.Equal(0, Pretrain(tar).Code);
        Assert.Equal(0, CommandLine.Run("embed", Run, "--data", tar, "--out", _folder["e.npy"]).Code);
        var (code, _, error) = CommandLine.Run("evaluate", Run, "--train", tar, "--test", tar);
        Assert.Equal(2, code);
        Assert.Contains("Label -1 of 0 in", error);
    }

    [Theory]
    [InlineData("a\u001b[31m.png")]
    [InlineData("a\nb.png")]
    [InlineData("a\u202egnp.png")]
    [InlineData("a\u0007.png")]
    public void Names_cannot_command_the_terminal(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        Made.File(_folder[$"odd/{name}"], Made.Png());
        Made.File(_folder["odd/z.png"], [1, 2]);
        Made.File(_folder[$"odd/{name}.ppm"], [1]);
        var all = string.Concat(Outputs(["data", "info", _folder["odd"]], ["data", "pack", _folder["odd"], "--out", _folder["p.byolpack"]],
            ["preview", "--data", _folder["odd"], "--out", _folder["s.png"], "--recipe", "quickstart", "--images", "0"]));
        Assert.DoesNotContain(all, c => char.IsControl(c) && c is not ('\n' or '\r'));
        Assert.DoesNotContain('\u202e', all);
        Assert.DoesNotContain(all.Split('\n'), line => line.StartsWith("b.png", StringComparison.Ordinal));
        Assert.Contains("a\\u", all);
    }

    [Fact]
    public void A_folder_that_begins_with_an_at_sign_is_no_file_of_arguments()
    {
        Made.Images(_folder["@insta"], 2);
        var before = Directory.GetCurrentDirectory();
        try
        {
            Directory.SetCurrentDirectory(_folder.Path);
            Assert.Contains("@insta: 2 images", CommandLine.Run("data", "info", "@insta").Out);
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    private string Run => _folder["run"];

    private (int Code, string Out, string Error) Pretrain(string data, params string[] options) =>
        CommandLine.Run(["pretrain", "--data", data, "--out", Run, .. CommandLine.Tiny, .. options]);

    private static IEnumerable<string> Outputs(params string[][] verbs) => verbs.Select(verb =>
    {
        var (_, output, error) = CommandLine.Run(verb);
        return output + error;
    });

    private static int Count(string json)
    {
        using var parsed = JsonDocument.Parse(json);
        return parsed.RootElement.GetProperty("count").GetInt32();
    }

    private static void RequirePassedOver(string json)
    {
        using var parsed = JsonDocument.Parse(json);
        Assert.Equal([(".ppm (not read; convert them to PNG or JPEG)", 2, "a.ppm"), ("empty", 1, "c.png")],
            parsed.RootElement.GetProperty("passed_over").EnumerateArray().Select(p =>
                (p.GetProperty("reason").GetString()!, p.GetProperty("count").GetInt32(), p.GetProperty("example").GetString()!)));
    }
}
