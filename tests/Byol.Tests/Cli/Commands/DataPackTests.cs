using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Loading;
using Byol.Data.Views;
using Byol.Tests.Cli.Terminal;
using Byol.Tests.Datasets;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol data pack, and packs as DATA of the other verbs.</summary>
[Collection(CommandLine.Name)]
public sealed class DataPackTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly TemporaryFolder _folder = new();
    private readonly string _images, _pack;

    public DataPackTests() => (_images, _pack) = (_folder["images"], _folder["new/x.byolpack"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Packs_and_says_what_it_could_not_read()
    {
        Made.Images(_images, 5, "cat", "dog");
        Made.File(Path.Combine(_images, "cat", "broken.png"), [1, 2, 3]);
        var (code, output, error) = CommandLine.Run("data", "pack", _images, "--out", _pack, "--short-side", "8");
        Assert.True(code == 0, error);
        string[] words = [$"Packed 5 images of {_images}", "1 could not be read and is left out", "cat/broken.png: ", "is not an image"];
        Assert.All(words, w => Assert.Contains(w, output));
        Assert.Contains("100 %", error);
        Assert.Contains("6 of 6 images", error);
        using var json = JsonDocument.Parse(CommandLine.Run("data", "info", _pack, "--json").Out);
        Assert.Equal((5, 8), (json.RootElement.GetProperty("count").GetInt32(), json.RootElement.GetProperty("width").GetInt32()));
        Assert.Equal(2, json.RootElement.GetProperty("classes").GetProperty("dog").GetInt32());
        var info = CommandLine.Run("data", "info", _pack).Out;
        Assert.All((string[])[$"packed from {_images}", "a short side of 8 pixels", "cat/broken.png"], w => Assert.Contains(w, info));
    }

    [Fact]
    public void The_result_is_JSON_when_asked()
    {
        Made.Images(_images, 3);
        using var json = JsonDocument.Parse(CommandLine.Run("data", "pack", _images, "--out", _pack, "--json").Out);
        Assert.Equal((true, 3, 256), (json.RootElement.GetProperty("finished").GetBoolean(),
            json.RootElement.GetProperty("images").GetInt32(), json.RootElement.GetProperty("short_side").GetInt32()));
    }

    [Fact]
    public void Nothing_readable_is_a_failure()
    {
        for (var i = 0; i < 3; i++) Made.File(Path.Combine(_images, $"{i}.png"), [1, 2, 3]);
        var (code, output, _) = CommandLine.Run("data", "pack", _images, "--out", _pack);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("nothing was written", output);
        Assert.Contains("2.png is not an image", output);
        Assert.False(File.Exists(_pack));
    }

    [Fact]
    public void What_is_wrong_is_said_in_one_line()
    {
        Made.Images(_images, 3);
        CommandLine.Refuses(["data", "pack", _folder["nowhere"], "--out", _pack], "does not exist");
        CommandLine.Refuses(["data", "pack", _images, "--out", _pack, "--short-side", "7"], "--short-side 7", "8 and 8192");
        CommandLine.Refuses(["data", "pack", _images, "--out", _images], "must be a file");
        CommandLine.Refuses(["data", "pack", _images], "--out");
        Assert.False(Directory.Exists(_folder["new"]));
        Packs.Pack(new ImageFolder(_images), Made.File(_folder["part"], []) + ".x", stopAt: 1);
        string[] other = ["data", "pack", _images, "--out", _folder["part.x"], "--short-side", "9"];
        CommandLine.Refuses(other, "part.x.partial was begun", "short side 256");
        CommandLine.Refuses(["data", "info", _folder["part.x.partial"]], "unfinished");
        CommandLine.Refuses(["data", "pack", _images, "--out", _folder["part"]], "exists; add --force to overwrite it");
        File.WriteAllBytes(_folder["part"], [.. "BYOLPACK"u8, 9, 0, 0, 0, .. new byte[200]]);
        CommandLine.Refuses(["pretrain", "--data", _folder["part"], "--out", _folder["run"], .. CommandLine.Tiny], "version 9");
    }

    [Fact]
    public void Views_of_a_pack_are_those_of_the_folder_where_nothing_was_shrunk()
    {
        Made.Images(_images, 20);
        CommandLine.Run("data", "pack", _images, "--out", _pack);
        using var pack = new PackedDataset(_pack);
        var views = new ViewOptions { ImageSize = 12 };
        using var packed = new ViewLoader(pack, views, 7, 8, 2, 2, 0);
        using var plain = new ViewLoader(new ImageFolder(_images), views, 7, 8, 2, 2, 0);
        for (var i = 0; i < 4; i++)
        {
            var (a, b) = (plain.Next(TestContext.Current.CancellationToken), packed.Next(TestContext.Current.CancellationToken));
            Assert.Equal(a.First.ToArray(), b.First.ToArray());
            Assert.Equal(a.Second.ToArray(), b.Second.ToArray());
        }
        Assert.Equal(Sheet(_images), Sheet(_pack));

        byte[] Sheet(string data)
        {
            var (code, _, error) = CommandLine.Run(
                "preview", "--data", data, "--out", _folder["sheet.png"], "--recipe", "quickstart", "--force");
            Assert.True(code == 0, error);
            return File.ReadAllBytes(_folder["sheet.png"]);
        }
    }

    [Fact]
    public void Pretrain_and_evaluate_take_a_pack()
    {
        Made.Images(_images, 64, "cat", "dog");
        CommandLine.Run("data", "pack", _images, "--out", _pack);
        var run = _folder["run"];
        var (code, _, error) = CommandLine.Run(["pretrain", "--data", _pack, "--out", run, .. CommandLine.Tiny]);
        Assert.True(code == 0, error);
        var (scored, table, said) = CommandLine.Run("evaluate", run, "--train", _pack, "--test", _pack, "--k", "5");
        Assert.True(scored == 0, said);
        Assert.Contains("64 images", table);
    }

    [Theory]
    [InlineData("INT", ExitCodes.Interrupted)]
    [InlineData("TERM", ExitCodes.Terminated)]
    [InlineData("KILL", 128 + 9)]
    public async Task A_signal_keeps_what_is_packed_and_the_same_command_goes_on(string signal, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        Assert.SkipWhen(signal != "KILL" && InterruptionTests.IsIgnored(signal), $"SIG{signal} is ignored here.");
        var pictures = Enumerable.Range(0, 3).Select(i => Made.Png(600, i)).ToList();
        for (var i = 0; i < 60; i++) Made.File(Path.Combine(_images, $"{i:D4}.png"), pictures[i % 3]);
        string[] command = ["data", "pack", _images, "--out", _pack, "--short-side", "300"];
        using (var process = InterruptionTests.Start(command))
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var partial = new FileInfo(_pack + ".partial");
            Assert.True(SpinWait.SpinUntil(() => process.HasExited || Length(partial) > 1_000_000, Patience));
            Assert.False(process.HasExited);
            using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
            Assert.True(process.WaitForExit(Patience));
            Assert.Equal(code, process.ExitCode);
            if (signal != "KILL") Assert.Contains("the same command resumes", await output);
        }
        Assert.False(File.Exists(_pack));
        var (resumed, text, said) = CommandLine.Run(command);
        Assert.True(resumed == 0, said);
        Assert.Matches("Resuming: [1-9][0-9]* of 60 images are packed", said);
        Assert.Contains("Packed 60 images", text);
        Packs.Pack(new ImageFolder(_images), _folder["whole"], 300);
        Assert.Equal(File.ReadAllBytes(_folder["whole"]), File.ReadAllBytes(_pack));

        static long Length(FileInfo file)
        {
            file.Refresh();
            return file.Exists ? file.Length : 0;
        }
    }
}
