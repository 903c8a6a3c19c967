using System.Diagnostics;
using Byol.Cli.Terminal;
using Byol.Tests.Cli.Terminal;
using Byol.Tests.Web;

namespace Byol.Tests.Cli.Commands;

/// <summary>byol watch and byol report.</summary>
[Collection(CommandLine.Name)]
public sealed class WatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Watch_prints_an_address_that_answers_until_it_is_interrupted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        Assert.SkipWhen(InterruptionTests.IsIgnored("INT"), "SIGINT is ignored here, and so it would be in the program.");
        var run = new MadeRun(_folder["run"]).Steps(1, 10);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(ExitCodes).Assembly.Location, "watch", run.Folder])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var address = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Contains("\"name\":\"run\"", await http.GetStringAsync(new Uri(new Uri(address!), "runs"), TestContext.Current.CancellationToken));
        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        if (!process.WaitForExit(Patience)) process.Kill();
        Assert.Equal(ExitCodes.Interrupted, process.ExitCode);
    }

    [Fact]
    public void Report_lies_in_the_run_or_where_it_is_told()
    {
        var (one, two) = (new MadeRun(_folder["one"]).Steps(1, 10).Folder, new MadeRun(_folder["two"]).Steps(1, 10).Folder);
        var (code, output, error) = CommandLine.Run("report", one);
        Assert.True(code == 0, error);
        Assert.Equal(Path.Combine(one, "report.html"), output.Trim());
        Assert.Contains($"byol evaluate {one}", File.ReadAllText(output.Trim()), StringComparison.Ordinal);
        (code, output, error) = CommandLine.Run("report", one, two, "--out", _folder["both.html"]);
        Assert.True(code == 0, error);
        Assert.True(File.Exists(_folder["both.html"]));
    }

    [Fact]
    public void Mistakes_are_answered_in_one_line()
    {
        var one = new MadeRun(_folder["one"]).Steps(1, 10).Folder;
        CommandLine.Refuses(["watch", _folder["nowhere"]], "does not exist", "give the folder of a run");
        CommandLine.Refuses(["watch", one, "--port", "70000"], "--port 70000 must lie between 0 and 65535");
        CommandLine.Refuses(["report", _folder.Path], "is not the folder of a run");
        CommandLine.Refuses(["report", one, one], "runs need --out; name the page to write");
        CommandLine.Refuses(["report", one, "--out", "x.txt"], "must be a file that ends in .html");
    }
}
