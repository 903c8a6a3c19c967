using System.CommandLine;
using System.Diagnostics;
using Byol.Cli.Terminal;
using Byol.Web;

namespace Byol.Cli.Commands;

/// <summary>byol watch: the live page of runs.</summary>
internal static class Watch
{
    public static Command Create()
    {
        var runs = new Argument<string[]>("runs")
        {
            Description = "Run folders, or folders of runs; those that begin there later are shown too.", Arity = ArgumentArity.OneOrMore,
        };
        var port = new Option<int>("--port") { Description = "The port on 127.0.0.1; 0 for one that is free." };
        var open = new Option<bool>("--open") { Description = "Open the page in the browser." };
        var command = new Command("watch", "Show runs on a live page in the browser, on this machine alone.") { runs, port, open };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(port) is (< 0 or > 65535) and var wrong)
                throw new ArgumentException($"--port {wrong} must lie between 0 and 65535.");
            return Interruption.Guard("leaving", cancellation =>
            {
                Serve(parsed.GetValue(runs)!, parsed.GetValue(port), parsed.GetValue(open), cancellation).GetAwaiter().GetResult();
                return ExitCodes.Done;
            });
        });
        return command;
    }

    private static async Task Serve(string[] runs, int port, bool open, CancellationToken cancellation)
    {
        await using var server = await WatchServer.Start(runs, port);
        Console.WriteLine(server.Address);
        Console.Error.WriteLine("Anyone with this address can look, on this machine alone. Ctrl-C stops the page; runs are not affected.");
        if (open) Process.Start(new ProcessStartInfo($"{server.Address}") { UseShellExecute = true })?.Dispose();
        await Task.Delay(Timeout.Infinite, cancellation);
    }
}
