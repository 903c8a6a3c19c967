using System.CommandLine;
using System.CommandLine.Help;
using Byol.Cli.Commands;

namespace Byol.Cli;

/// <summary>All that can be typed after byol.</summary>
internal static class Verbs
{
    // Not a RootCommand: that takes its name from the program's file, and help would say Byol.Cli.
    public static Command Create() => new("byol", "Self-supervised image pretraining with BYOL: from unlabeled images to an encoder.")
    {
        new HelpOption(),
        new VersionOption(),
        Quickstart.Create(),
        Pretrain.Create(),
        Evaluate.Create(),
        Diagnose.Create(),
        Checkpoints.Create(),
        Embed.Create(),
        Search.Create(),
        Duplicates.Create(),
        Reproduce.Create(),
        Commands.Export.Create(),
        Preview.Create(),
        DataCommand.Create(),
        Bench.Create(),
        Doctor.Create(),
    };
}
