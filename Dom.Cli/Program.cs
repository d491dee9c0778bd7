using Dom.Cli.Commands;

return await DomCommand.RunAsync(args);
