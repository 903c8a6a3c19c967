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
        Compare.Create(),
        Evaluate.Create(),
        Diagnose.Create(),
        Commands.Classifier.Create(),
        Predict.Create(),
        Checkpoints.Create(),
        Embed.Create(),
        Search.Create(),
        Duplicates.Create(),
        With(Reproduce.Create(), ReproduceFewLabels.Create()),
        Commands.Export.Create(),
        Preview.Create(),
        new Command("data", "List, describe, download and pack data.")
        {
            DataList.Create(), DataInfo.Create(), DataGet.Create(), DataPack.Create()
        },
        new Command("encoders", "List, fetch and describe encoders that others trained.")
        {
            EncodersList.Create(), EncodersGet.Create(), EncodersInfo.Create()
        },
        With(Bench.Create(), BenchEmbed.Create(), BenchKnn.Create(), BenchStep.Create(), BenchViews.Create()),
        Doctor.Create(),
    };

    private static Command With(Command command, params IEnumerable<Command> verbs)
    {
        foreach (var verb in verbs) command.Subcommands.Add(verb);
        return command;
    }
}
