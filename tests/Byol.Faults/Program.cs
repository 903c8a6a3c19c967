using System.CommandLine;
using System.CommandLine.Help;
using Byol.Cli;
using Byol.Faults.Fuzzing;

return ExitCodes.Run(new Command("faults", "Breaks things on purpose and counts what is lost.") { new HelpOption(), FuzzCommand.Create() }, args);
