using System.CommandLine;
using Byol.Cli.Terminal;
using Byol.Encoders;

namespace Byol.Cli.Commands;

/// <summary>byol encoders list: the encoders that are known by name.</summary>
internal static class EncodersList
{
    public static Command Create()
    {
        var json = Output.Json();
        var command = new Command("list", "List the encoders that are known by name, and where they are.") { json };
        command.SetAction(parsed =>
        {
            var rows = PretrainedEncoders.All
                .Select(e => new { e.Name, e.About, e.License, e.Url, path = PretrainedEncoders.Locate(e) }).ToList();
            var text = string.Concat(rows.Select(r => $"{r.Name}  ({r.License})\n  {r.About}\n"
                + $"  {r.path ?? $"not on this machine: fetched when it is first used, or by byol encoders get {r.Name}"}\n"));
            Output.Write(parsed.GetValue(json), new { encoders = rows }, text);
            return ExitCodes.Done;
        });
        return command;
    }
}
