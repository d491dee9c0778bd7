using System.CommandLine;
using Dom.Cli.Output;

namespace Dom.Cli.Commands;

/// <summary><c>dom config check</c>: all that is wrong, at once.</summary>
internal static class ConfigCheckCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb("check", "Reads the configuration and reports everything that is wrong with it.")
        .Prints(OutputJson.Default.ConfigCheckDocument)
        .WithExample("dom config check", "checks /etc/dom/dom.conf, its drop-ins and the environment")
        .WithExample("dom config check --config ./new.conf --json", "checks a file before it is installed, for a program")
        .Runs((run, _) =>
        {
            var set = run.Configuration.Effective.Count(v => v.Origin != "default");
            run.Output.Line($"The configuration is good: {set} of {run.Configuration.Effective.Count} keys are set, the others have their defaults.");
            run.Output.Document(new ConfigCheckDocument(Good: true, KeysSet: set), OutputJson.Default.ConfigCheckDocument);
            return Task.FromResult(ExitCode.Done);
        });
}
