using System.CommandLine;
using Byol.Cli.Commands;

namespace Byol.Cli;

/// <summary>All that can be typed after byol.</summary>
internal static class Verbs
{
    public static RootCommand Create() => new("Self-supervised image pretraining with BYOL: from unlabelled images to an encoder.")
    {
        Quickstart.Create(),
        Pretrain.Create(),
        Evaluate.Create(),
        Preview.Create(),
        DataCommand.Create(),
        Doctor.Create(),
    };
}
