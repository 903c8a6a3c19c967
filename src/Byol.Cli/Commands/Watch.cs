using System.CommandLine;
using System.Diagnostics;
using System.Net;
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
        var port = new Option<int>("--port") { Description = "The port; 0 for one that is free." };
        var address = new Option<string?>("--address")
        {
            Description = "Listen on another address than 127.0.0.1: 0.0.0.0 for all of this machine. Anyone with the page's address can then look "
                + "over the network, unencrypted.",
        };
        var open = new Option<bool>("--open") { Description = "Open the page in the browser." };
        var command = new Command("watch", "Show runs on a live page in the browser, on this machine alone.")
        {
            runs, port, address, open
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(port) is (< 0 or > 65535) and var wrong)
                throw new ArgumentException($"--port {wrong} must lie between 0 and 65535.");
            var listened = IPAddress.Loopback;
            if (parsed.GetValue(address) is { } typed && !IPAddress.TryParse(typed, out listened))
                throw new ArgumentException($"--address {typed} must be an address in numbers, such as 0.0.0.0 or 192.168.1.5.");
            return Interruption.Guard("leaving", cancellation =>
            {
                Serve(parsed.GetValue(runs)!, new IPEndPoint(listened, parsed.GetValue(port)), parsed.GetValue(open), cancellation).GetAwaiter().GetResult();
                return ExitCodes.Done;
            });
        });
        return command;
    }

    private static async Task Serve(string[] runs, IPEndPoint where, bool open, CancellationToken cancellation)
    {
        await using var server = await WatchServer.Start(runs, where.Port, where.Address);
        Console.WriteLine(server.Address);
        if (IPAddress.IsLoopback(where.Address))
            Console.Error.WriteLine("Anyone with this address can look, on this machine alone. Ctrl-C stops the page; runs are not affected.");
        else
        {
            Warnings.Print("anyone with this address can look at runs and images over the network. Nothing is encrypted, so anyone who can read "
                + "the traffic learns the address too; on a network that you do not trust use ssh -L and leave --address out.");
            Console.Error.WriteLine("Ctrl-C stops the page; runs are not affected.");
        }
        if (open) Process.Start(new ProcessStartInfo($"{server.Address}") { UseShellExecute = true })?.Dispose();
        await Task.Delay(Timeout.Infinite, cancellation);
    }
}
