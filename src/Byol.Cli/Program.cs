using Byol.Cli;
using Byol.Cli.Commands;
using System.CommandLine;

var root = new RootCommand("Self-supervised image pretraining with BYOL: from unlabelled images to an encoder.")
{
    Quickstart.Create(),
    Pretrain.Create(),
    Evaluate.Create(),
    Preview.Create(),
    DataCommand.Create(),
    Doctor.Create(),
};
return ExitCodes.Run(root, args);
