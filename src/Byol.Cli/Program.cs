using Byol.Cli;
using Byol.Cli.Terminal;

return ExitCodes.Run(Verbs.Create(), args);
