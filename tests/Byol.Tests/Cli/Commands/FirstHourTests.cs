using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Byol.Cli;

namespace Byol.Tests.Cli.Commands;

/// <summary>What somebody meets who tries the tool for the first time: hints where a guess is nearly right, one rule for what is written,
/// and results that a script can read.</summary>
[Collection(CommandLine.Name)]
public sealed class FirstHourTests : IClassFixture<FirstHourTests.Trained>, IDisposable
{
    /// <summary>A run on some images in two classes.</summary>
    public sealed class Trained : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Trained()
        {
            Images = Made.Images(_folder["images"], 32, "cat", "dog");
            Run = _folder["run"];
            var (code, _, error) = CommandLine.Run(["pretrain", "--data", Images, "--out", Run, .. CommandLine.Tiny]);
            Assert.True(code == 0, error);
        }

        public string Images { get; }

        public string Run { get; }

        public void Dispose() => _folder.Dispose();
    }

    private static readonly string[] Outputs = ["--out", "--confusion", "--spectrum"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _run, _images;

    public FirstHourTests(Trained trained) => (_run, _images) = (trained.Run, trained.Images);

    public void Dispose() => _folder.Dispose();

    /// <summary>Every verb by how it is typed, but for those that only hold others.</summary>
    public static TheoryData<string> AllVerbs => [.. Leaves(Verbs.Create(), "")];

    [Fact]
    public void Byol_alone_is_help()
    {
        var (code, output, error) = CommandLine.Run();
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("quickstart", output);
        Assert.Equal(CommandLine.Run("--help").Out, output);
    }

    [Theory]
    [MemberData(nameof(AllVerbs))]
    public void Every_verb_has_json(string verb)
    {
        if (verb != "watch") Assert.Contains("--json", Find(verb).Options.Select(o => o.Name));     // which has no result
    }

    [Theory]
    [InlineData("data list")]
    [InlineData("data info IMAGES")]
    [InlineData("encoders list")]
    [InlineData("encoders info imagenet-resnet18")]
    [InlineData("checkpoints RUN")]
    [InlineData("diagnose RUN --data IMAGES")]
    [InlineData("evaluate RUN --train IMAGES --test IMAGES")]
    [InlineData("preview --data IMAGES --out NEW.png --image-size 16")]
    [InlineData("export RUN --out NEW.safetensors")]
    [InlineData("embed RUN --data IMAGES --out NEW.csv")]
    [InlineData("search RUN --data IMAGES --query IMAGES/cat/0000.png --out NEW.html")]
    [InlineData("duplicates RUN --data IMAGES --out NEW.html")]
    [InlineData("map RUN --data IMAGES --out NEW.html")]
    [InlineData("report RUN --out NEW.html")]
    [InlineData("data pack IMAGES --out NEW.byolpack")]
    public void Json_is_one_object(string arguments)
    {
        var (code, output, error) = Run(arguments + " --json");
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
    }

    [Theory]
    [InlineData("evaluate RUN --train IMAGES --protocol lin", "did you mean linear?")]
    [InlineData("embed RUN --data IMAGES --output x.npy", "did you mean --out?")]
    [InlineData("pretrain --data IMAGES --out NEW --set tau=0.9", "tau is not known; did you mean method.tau?")]
    [InlineData("pretrain --data IMAGES --out NEW --set learning_rate=0.1", "did you mean optimizer.learning_rate?")]
    [InlineData("data info ~/photos", "in quotes ~ is not your home folder; give HOME/photos")]
    [InlineData("embed ~/runs/mine --data IMAGES --out NEW.npy", "in quotes ~ is not your home folder; give HOME/runs/mine")]
    [InlineData("embed RUN --data IMAGES --out ~/x.npy", "in quotes ~ is not your home folder; give HOME/x.npy")]
    [InlineData("pretrain --data IMAGES --out ~/runs/mine", "in quotes ~ is not your home folder; give HOME/runs/mine")]
    [InlineData("embed NOTES --data IMAGES --out NEW.npy", "notes.txt is text and not an encoder's file")]
    [InlineData("evaluate NOTES --train IMAGES", "notes.txt is text and not an encoder's file")]
    [InlineData("pretrain --init-from NOTES --data IMAGES --out NEW", "notes.txt is text and not an encoder's file")]
    [InlineData("quickstart --out RUN", "holds another run; add --force to replace it, or choose another --out")]
    [InlineData("pretrain --data IMAGES --out RUN", "holds another run; add --resume to resume it, add --force to replace it, or choose")]
    [InlineData("pretrain --data IMAGES --out RUN --resume --force", "leave one of them out")]
    [InlineData("data get cifar10", "there is no terminal to ask at; add --yes to download cifar10")]
    [InlineData("checkpoints IMAGES", "is not the folder of a run (it has no recipe.toml)")]
    public void A_guess_that_is_nearly_right_is_told_the_rest(string arguments, string hint)
    {
        File.WriteAllText(_folder["notes.txt"], "Here are the weights, I think.\n");
        using var cache = new EnvironmentVariable("BYOL_CACHE", _folder["cache"]);
        using var data = new EnvironmentVariable("BYOL_DATA", null);
        CommandLine.Refuses(Typed(arguments), hint.Replace("HOME", Home, StringComparison.Ordinal));
        Assert.Equal(["notes.txt"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
        Assert.False(Directory.Exists("~"));
    }

    [Theory]
    [InlineData("embed RUN --data IMAGES --out", ".npy")]
    [InlineData("search RUN --data IMAGES --query IMAGES/cat/0000.png --out", ".html")]
    [InlineData("duplicates RUN --data IMAGES --out", ".html")]
    [InlineData("map RUN --data IMAGES --out", ".html")]
    [InlineData("report RUN --out", ".html")]
    [InlineData("evaluate RUN --train IMAGES --test IMAGES --out", ".html")]
    [InlineData("export RUN --out", ".safetensors")]
    [InlineData("export RUN --out", ".onnx")]
    [InlineData("preview --data IMAGES --image-size 16 --out", ".png")]
    [InlineData("evaluate RUN --train IMAGES --test IMAGES --confusion", ".svg")]
    [InlineData("diagnose RUN --data IMAGES --spectrum", ".svg")]
    [InlineData("data pack IMAGES --out", ".byolpack")]
    public void What_is_there_is_refused_and_force_overwrites_it(string arguments, string ending)
    {
        var file = _folder["there" + ending];
        File.WriteAllText(file, "mine");
        CommandLine.Refuses([.. Typed(arguments), file], $"{file} exists; add --force to overwrite it, or choose another file");
        Assert.Equal("mine", File.ReadAllText(file));
        var (code, output, error) = CommandLine.Run([.. Typed(arguments), file, "--force"]);
        Assert.True(code == 0, error);
        Assert.NotEqual("mine", File.ReadAllText(file));
        Assert.Contains(file, output + error);
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AllVerbs))]
    public void Every_verb_that_writes_where_it_is_told_follows_the_rule(string verb)
    {
        // These resume what is in their folder by the same command.
        if (verb.StartsWith("reproduce", StringComparison.Ordinal) || verb == "compare") return;
        var options = Find(verb).Options.Select(o => o.Name).ToList();
        if (options.Intersect(Outputs).Any()) Assert.Contains("--force", options);
    }

    [Theory]
    [InlineData("embed RUN --data IMAGES --out", "x.npy")]
    [InlineData("search RUN --data IMAGES --query IMAGES/cat/0000.png --out", "x.html")]
    [InlineData("export RUN --out", "x.pt")]
    [InlineData("preview --data IMAGES --out", "x.png")]
    [InlineData("data pack IMAGES --out", "x.byolpack")]
    [InlineData("evaluate RUN --train IMAGES --confusion", "x.svg")]
    public void What_cannot_be_written_is_said_before_the_work_with_what_to_do(string arguments, string name)
    {
        File.WriteAllText(_folder["file"], "not a folder");
        CommandLine.Refuses(
            [.. Typed(arguments), _folder[$"file/{name}"]], "cannot be written", "choose a file in a folder that you may write to");
    }

    [Fact]
    public void A_run_is_replaced_only_by_force_and_only_if_nothing_else_is_in_its_folder()
    {
        string[] train = ["pretrain", "--data", _images, "--out", _folder["run"], .. CommandLine.Tiny];
        Assert.Equal(0, CommandLine.Run(train).Code);
        var weights = File.ReadAllBytes(_folder["run/encoder.safetensors"]);
        CommandLine.Refuses([.. train, "--force", "--set", "training.batch_size=1000"], "fewer than a batch");      // a mistake costs no run
        Assert.Equal(weights, File.ReadAllBytes(_folder["run/encoder.safetensors"]));
        File.WriteAllText(_folder["run/notes.txt"], "mine");
        CommandLine.Refuses([.. train, "--force"], "holds notes.txt beside its run");
        Assert.Equal(weights, File.ReadAllBytes(_folder["run/encoder.safetensors"]));
        File.Delete(_folder["run/notes.txt"]);
        var (code, _, error) = CommandLine.Run([.. train, "--force", "--seed", "2"]);
        Assert.True(code == 0, error);
        Assert.NotEqual(weights, File.ReadAllBytes(_folder["run/encoder.safetensors"]));
    }

    [Fact]
    public void Images_that_cannot_be_read_are_all_named_before_there_is_a_run()
    {
        var images = Made.Images(_folder["photos"], 463);
        for (var i = 0; i < 6; i++) Made.File(_folder[$"photos/{70 * i:D4}.png"], Made.Png()[..40]);
        CommandLine.Refuses(["pretrain", "--data", images, "--out", _folder["run"], .. CommandLine.Tiny],
            "6 of 463 images", "0000.png, 0070.png, 0140.png, 0210.png, 0280.png, 0350.png", "byol data pack");
        Assert.False(Directory.Exists(_folder["run"]));

        // As it says.
        Assert.Equal(0, CommandLine.Run("data", "pack", images, "--out", _folder["p.byolpack"]).Code);
        Assert.Equal(0, CommandLine.Run(["pretrain", "--data", _folder["p.byolpack"], "--out", _folder["run"], .. CommandLine.Tiny]).Code);
    }

    [Fact]
    public void Many_unreadable_images_are_named_to_a_count()
    {
        var images = Made.Images(_folder["photos"], 100);
        for (var i = 0; i < 30; i++) Made.File(_folder[$"photos/{i:D4}.png"], [1]);
        CommandLine.Refuses(["pretrain", "--data", images, "--out", _folder["run"], .. CommandLine.Tiny],
            "30 of 100 images", "0009.png and 20 more (");
    }

    [Fact]
    public void Search_leaves_out_the_image_itself_and_no_cosine_is_above_1()
    {
        var query = Path.Combine(_images, "cat", "0000.png");
        var (code, output, error) = Run($"search RUN --data IMAGES --query {query} --top 5 --out NEW.html");
        Assert.True(code == 0, error);
        Assert.Contains("cat/0000.png is the image that was searched for, and is left out.", output);
        Assert.Contains($"Wrote {_folder["new.html"]}", output);
        var page = File.ReadAllText(_folder["new.html"]);
        Assert.Equal(1 + 1 + 5, page.Split("data:image/jpeg").Length);      // the query once, and five others

        // From anywhere else it is an image like any other, and as near as can be.
        File.Copy(query, _folder["elsewhere.png"]);
        (_, output, _) = Run($"search RUN --data IMAGES --query {_folder["elsewhere.png"]} --top 32 --json");
        using var json = JsonDocument.Parse(output);
        var found = json.RootElement.GetProperty("neighbors").EnumerateArray().ToList();
        Assert.Equal(("cat/0000.png", 32), (found[0].GetProperty("name").GetString(), found.Count));
        Assert.All(found, n => Assert.InRange(n.GetProperty("similarity").GetDouble(), -1, 1));
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("left_out").ValueKind);
    }

    [Fact]
    public void Duplicates_says_what_it_wrote_and_its_rows_are_bounded()
    {
        var same = _folder["same"];
        for (var i = 0; i < 100; i++) Made.File(Path.Combine(same, $"{i:D3}.png"), Made.Png());
        var (code, output, error) = Run($"duplicates RUN --data {same} --threshold 0.99 --out NEW.html");
        Assert.True(code == 0, error);
        Assert.Contains("100 of them in 1 group of near-duplicates", output);
        Assert.Contains("and 60 more rows: --json and --out have all", output);
        Assert.Contains($"Wrote {_folder["new.html"]}", output);
        Assert.InRange(output.Split('\n').Length, 40, 70);
        (_, output, _) = Run($"duplicates RUN --data {same} --threshold 0.99 --json");
        using var json = JsonDocument.Parse(output);
        var similarities = json.RootElement.GetProperty("groups")[0].EnumerateArray().Select(g => g.GetProperty("similarity").GetDouble());
        Assert.All(similarities, s => Assert.InRange(s, -1, 1));
    }

    [Fact]
    public void Long_lists_are_bounded_on_the_terminal_and_whole_in_json()
    {
        var images = _folder["many"];
        for (var i = 0; i < 120; i++) Made.File(Path.Combine(images, $"class{i:D3}", "a.png"), i < 90 ? Made.Png(16, i) : [1]);
        var (_, output, _) = Run($"data info {images}");
        Assert.Contains("and 70 more rows: --json has all", output);
        (_, output, _) = Run($"data pack {images} --out NEW.byolpack");
        Assert.Contains("and 10 more: --json has all", output);
        (_, output, _) = Run($"data info {images} --json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(120, json.RootElement.GetProperty("classes").EnumerateObject().Count());
    }

    [Fact]
    public void Preview_offers_what_decides_views_and_nothing_else()
    {
        var (_, help, _) = CommandLine.Run("preview", "--help");
        string[] ignored = ["--epochs", "--max-steps", "--batch-size", "--precision", "--checkpoint-every", "--on-non-finite", "--encoder"];
        Assert.All(ignored, option => Assert.DoesNotContain(option + " ", help));
        Assert.All((string[])["--recipe", "--image-size", "--seed", "--set", "--epoch "], option => Assert.Contains(option, help));
    }

    [Theory]
    [InlineData("evaluate RUN --train IMAGES --test IMAGES", "/images, learned from 32 of ")]
    [InlineData("evaluate RUN --train IMAGES --protocol finetune --epochs 1", "head 0.1, 1 epoch): ")]
    public void Headings_are_plain(string arguments, string words)
    {
        var (code, output, error) = Run(arguments);
        Assert.True(code == 0, error);
        Assert.Contains(words, output);
        Assert.DoesNotContain("steps at least", output);
    }

    [Fact]
    public void Labels_that_a_class_does_not_have_are_asked_for_in_plain_words() => CommandLine.Refuses(
        Typed("evaluate RUN --train IMAGES --test IMAGES --labels 50-per-class"),
        "Labels 50 per class need 50 images of class", "which has", "use --labels 16-per-class or less");

    [Fact]
    public void Doctor_and_its_page_name_one_way_to_CUDA()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "how-to", "machine.md"));
        Assert.Contains("set `TorchBackend=cuda` in the environment and leave it set", page);
        var (_, output, _) = CommandLine.Run("doctor");
        Assert.True(TorchSharp.torch.cuda.is_available()
            || output.Contains("set TorchBackend=cuda in the environment and leave it set", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_first_pages_commands_write_is_ignored_by_git()
    {
        var pages = string.Concat(new[] { "README.md", "docs/how-to/own-images.md" }
            .Select(p => File.ReadAllText(Path.Combine(Repository.Root, p))));
        var written = Regex.Matches(pages, @"(?:--out|-o|--tool-path) ([\w./-]+)").Select(m => m.Groups[1].Value)
            .SelectMany(f => f.EndsWith(".onnx", StringComparison.Ordinal) ? (string[])[f, Path.ChangeExtension(f, ".json")] : [f])
            .Distinct().ToList();
        Assert.Contains("views.png", written);
        Assert.Contains("packages", written);
        var (code, _, error) = Programs.Run("git", "-C", Repository.Root, "rev-parse", "--git-dir");
        Assert.SkipUnless(code == 0, $"This is not a checkout of git: {error}");
        Assert.All(written, file => Assert.True(
            Programs.Run("git", "-C", Repository.Root, "check-ignore", "-q", File.Exists(file) ? file : $"{file}/x").Code == 0
            || Programs.Run("git", "-C", Repository.Root, "check-ignore", "-q", file).Code == 0, $"{file} is not ignored."));
    }

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static IEnumerable<string> Leaves(Command command, string typed)
    {
        foreach (var verb in command.Subcommands)
        {
            var name = $"{typed} {verb.Name}".Trim();
            if (verb.Action is not null) yield return name;
            foreach (var leaf in Leaves(verb, name)) yield return leaf;
        }
    }

    private static Command Find(string verb) =>
        verb.Split(' ').Aggregate(Verbs.Create(), (command, name) => command.Subcommands.Single(c => c.Name == name));

    private (int Code, string Out, string Error) Run(string arguments) => CommandLine.Run(Typed(arguments));

    private IEnumerable<string> Typed(string arguments) => arguments.Split(' ').Select(word => word
        .Replace("IMAGES", _images, StringComparison.Ordinal).Replace("RUN", _run, StringComparison.Ordinal)
        .Replace("NOTES", _folder["notes.txt"], StringComparison.Ordinal).Replace("NEW", _folder["new"], StringComparison.Ordinal));
}
