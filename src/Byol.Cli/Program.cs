using Byol.Cli;

return ExitCodes.Run(Verbs.Create(), args);
