using System.CommandLine;
using Byol.Cli.Inputs;
using Byol.Cli.Terminal;
using Byol.Encoders;

namespace Byol.Cli.Commands;

/// <summary>byol encoders get: downloads an encoder.</summary>
internal static class EncodersGet
{
    public static Command Create()
    {
        var name = NamedEncoder.Argument();
        var json = Output.Json();
        var command = new Command("get", "Download an encoder from where it is published, and check its digest.") { name, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var known = NamedEncoder.Require(parsed.GetValue(name)!);
            var path = PretrainedEncoders.Locate(known) ?? await NamedEncoder.Fetch(known, cancellation).ConfigureAwait(false);
            Output.Write(parsed.GetValue(json), new { known.Name, path }, path + "\n");
            return ExitCodes.Done;
        });
        return command;
    }
}
