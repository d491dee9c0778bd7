using System.CommandLine;

namespace Dom.Cli.Commands;

/// <summary><c>dom logs</c>: reads, follows and adjusts the log of any role.</summary>
internal static class LogsCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build() => new VerbGroup("logs", "Reads and follows the log of any role, and sets its level.")
    {
        LogsPrintCommand.Build(),
        LogsWatchCommand.Build(),
        LogsLevelCommand.Build(),
    };
}
