using System.CommandLine;

namespace Dom.Cli.Commands;

/// <summary><c>dom config</c>: is the configuration right, and what does it come to.</summary>
internal static class ConfigCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build() => new VerbGroup("config", "Checks and shows the configuration.")
    {
        ConfigCheckCommand.Build(),
        ConfigShowCommand.Build(),
    };
}
