using System.Net;
using System.Text.Json;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Images;

namespace Byol.Tests.Cli.Commands;

/// <summary>The verbs that look and do not train: doctor, data, preview, and the question before a download.</summary>
[Collection(CommandLine.Name)]
public sealed class LookingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentVariable _data, _cache;

    public LookingTests()
    {
        Directory.CreateDirectory(_folder["data"]);
        (_data, _cache) = (new EnvironmentVariable("BYOL_DATA", _folder["data"]), new EnvironmentVariable("BYOL_CACHE", _folder["cache"]));
    }

    public void Dispose()
    {
        _data.Dispose();
        _cache.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Doctor_says_what_works()
    {
        var (code, output, error) = CommandLine.Run("doctor");
        Assert.Equal((0, ""), (code, error));
        Assert.All(output.TrimEnd().Split('\n'), line => Assert.Matches("^(ok|-) ", line));
        string[] subjects =
            ["system", "libtorch", "woven", "processor", "memory", "precision", "image codecs", _folder["data"], _folder["cache"]];
        Assert.All(subjects, subject => Assert.Contains(subject, output));
    }

    [Fact]
    public void Doctor_says_what_does_not_work()
    {
        using var missing = new EnvironmentVariable("BYOL_DATA", _folder["nowhere"]);
        var (code, output, _) = CommandLine.Run("doctor", "--json");
        Assert.Equal(1, code);
        using var json = JsonDocument.Parse(output);
        var failed = Assert.Single(json.RootElement.GetProperty("findings").EnumerateArray(), f => f.GetProperty("works").ValueKind == JsonValueKind.False);
        Assert.Equal("data", failed.GetProperty("subject").GetString());
    }

    [Fact]
    public void Data_list_names_all_and_says_where_they_lie()
    {
        Directory.CreateDirectory(_folder["data/stl10"]);
        var (code, output, error) = CommandLine.Run("data", "list");
        Assert.Equal((0, ""), (code, error));
        Assert.All(KnownDataset.All, d => Assert.Contains(d.Name, output));
        Assert.Contains(_folder["data/stl10"], output);
        Assert.Contains("byol data get cifar10", output);
        Assert.DoesNotContain("byol data get stl10", output);
    }

    [Fact]
    public void Data_list_is_JSON_when_asked()
    {
        using var json = JsonDocument.Parse(CommandLine.Run("data", "list", "--json").Out);
        Assert.Equal(KnownDataset.All.Select(d => d.Name),
            json.RootElement.GetProperty("datasets").EnumerateArray().Select(d => d.GetProperty("name").GetString()));
    }

    [Fact]
    public void Data_info_counts_classes()
    {
        Made.Images(_folder["images"], 5, "cat", "dog");
        using var json = JsonDocument.Parse(CommandLine.Run("data", "info", _folder["images"], "--json").Out);
        var classes = json.RootElement.GetProperty("classes");
        Assert.Equal((5, 16), (Number("count"), Number("width")));
        Assert.Equal((3, 2), (classes.GetProperty("cat").GetInt32(), classes.GetProperty("dog").GetInt32()));
        var (code, output, _) = CommandLine.Run("data", "info", "fashion-mnist-10k:validation");
        Assert.Equal(0, code);
        Assert.Contains("2,000 images", output);
        Assert.Contains("Ankle boot", output);

        int Number(string name) => json.RootElement.GetProperty(name).GetInt32();
    }

    [Fact]
    public void Data_info_of_plain_images_says_that_there_are_no_labels() =>
        Assert.Contains("no labels", CommandLine.Run("data", "info", Made.Images(_folder["images"], 2)).Out);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Preview_writes_a_sheet_and_says_how_views_were_made(int count)
    {
        string[] preview =
        [
            "preview", "--data", "fashion-mnist-10k", "--recipe", "quickstart", "--out", _folder["new/sheet.png"],
            "--count", $"{count}", "--tile", "32", "--force",
        ];
        var (code, output, error) = CommandLine.Run(preview);
        Assert.True(code == 0, error);
        Assert.Equal(4 * count, output.TrimEnd().Split('\n').Length);
        Assert.Equal(count, output.Split("  v   ").Length - 1);
        Assert.Equal(count, output.Split("  v'  ").Length - 1);
        Assert.InRange(ImageDecoder.Decode(File.ReadAllBytes(_folder["new/sheet.png"]), "sheet").Width, 2 * 4 * 32, 2 * 4 * 32 + 100);
        Assert.Equal(output, CommandLine.Run(preview).Out);
    }

    // What training names after a step that was not finite can be looked at.
    [Fact]
    public void Preview_shows_the_images_asked_for_in_the_epoch_asked_for()
    {
        string[] preview =
            ["preview", "--data", "fashion-mnist-10k", "--recipe", "quickstart", "--out", _folder["sheet.png"], "--tile", "32", "--force"];
        var all = CommandLine.Run([.. preview, "--count", "2"]).Out;
        var first = CommandLine.Run([.. preview, "--images", "0"]).Out;
        Assert.StartsWith(first, all, StringComparison.Ordinal);
        var later = CommandLine.Run([.. preview, "--images", "0,17", "--epoch", "3"]);
        Assert.Equal(8, later.Out.TrimEnd().Split('\n').Length);
        Assert.Equal(first.Split('\n')[0], later.Out.Split('\n')[0]);
        Assert.NotEqual(first.Split('\n')[1], later.Out.Split('\n')[1]);
        CommandLine.Refuses([.. preview, "--images", "0,many"], "--images 0,many", "many is not an index");
        CommandLine.Refuses([.. preview, "--images", "9999999"], "9999999 is not an index");
        CommandLine.Refuses([.. preview, "--epoch", "-1"], "--epoch -1");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("pretrain --help")]
    [InlineData("evaluate -h")]
    [InlineData("data --help")]
    public void Help_goes_to_standard_output(string arguments)
    {
        var (code, output, error) = CommandLine.Run(arguments.Split(' '));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("--help", output);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("\n", 0)]
    [InlineData("n\n", 0)]
    [InlineData("no, y\n", 0)]
    [InlineData("y\n", 1)]
    [InlineData(" Yes\n", 1)]
    public void Missing_data_is_offered_once_and_fetched_after_a_yes_only(string answer, int fetched)
    {
        using var web = new NotThere();
        using var http = new HttpClient(web);
        var catalog = DatasetCatalog.FromEnvironment();
        var (input, error) = (Console.In, Console.Error);
        using var said = new StringWriter();
        try
        {
            using var typed = new StringReader(answer);
            Console.SetIn(typed);
            Console.SetError(said);
            var offered = Record.Exception(() =>
                DataInput.Offer(catalog, "cifar10:train,cifar10:test", new Download(catalog, http)));
            if (fetched > 0) Assert.Contains("answers 404", Assert.IsType<DatasetException>(offered).Message);
            else Assert.Null(offered);
        }
        finally
        {
            Console.SetIn(input);
            Console.SetError(error);
        }
        Assert.Equal(fetched, web.Asked.Count);
        Assert.Equal(2, said.ToString().Split("[y/N]").Length);
        string[] words = ["cifar10 is not on this machine", "162 MB", "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"];
        Assert.All(words, word => Assert.Contains(word, said.ToString()));
        Assert.False(Directory.Exists(_folder["cache/cifar10"]));
    }

    private sealed class NotThere : HttpMessageHandler
    {
        public List<Uri?> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound));
        }
    }
}
