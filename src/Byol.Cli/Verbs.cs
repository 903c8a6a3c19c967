using System.CommandLine;
using Byol.Cli.Commands;
using Byol.Cli.Terminal;

namespace Byol.Cli;

/// <summary>All verbs of byol, in the order of work: look, train, evaluate, use.</summary>
internal static class Verbs
{
    // Not a RootCommand: that takes its name from the program's file, and help would say Byol.Cli.
    public static Command Create() => new("byol", "Self-supervised image pretraining with BYOL: from unlabeled images to an encoder.")
    {
        Examples.Help(),
        new VersionOption(),
        Quickstart.Create(),
        Doctor.Create(),
        new Command("data", "List, describe, download and pack data.")
        {
            DataList.Create(), DataInfo.Create(), DataGet.Create(), DataPack.Create()
        },
        new Command("encoders", "List, fetch and describe encoders that others trained.")
        {
            EncodersList.Create(), EncodersGet.Create(), EncodersInfo.Create()
        },
        Preview.Create(),
        Compare.Create(),
        Pretrain.Create(),
        Watch.Create(),
        Report.Create(),
        Evaluate.Create(),
        Diagnose.Create(),
        Commands.Classifier.Create(),
        Predict.Create(),
        Embed.Create(),
        Search.Create(),
        Duplicates.Create(),
        Commands.Map.Create(),
        Commands.Export.Create(),
        Checkpoints.Create(),
        With(Reproduce.Create(), ReproduceFewLabels.Create()),
        With(Bench.Create(), BenchEmbed.Create(), BenchKnn.Create(), BenchScale.Create(), BenchStep.Create(), BenchViews.Create()),
    };

    private static Command With(Command command, params IEnumerable<Command> verbs)
    {
        foreach (var verb in verbs) command.Subcommands.Add(verb);
        return command;
    }
}
