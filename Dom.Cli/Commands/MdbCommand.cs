using System.CommandLine;
using Dom.Core.Contracts.MdbServer;

namespace Dom.Cli.Commands;

/// <summary><c>dom mdb</c>: looks at the machine list and its sources, pauses machines.</summary>
internal static class MdbCommand
{
    /// <summary>How long a short call may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>One machine as the sources have it.</summary>
    public static Task<MdbMachine> FindAsync(CommandRun run, string hostname, CancellationToken cancellationToken) =>
        run.ConnectToMdbServer().CallAsync(MdbServerMethods.GetMachine, new MdbMachineRequest { Hostname = hostname }, cancellationToken);

    /// <summary>Builds the command.</summary>
    public static Command Build() => new VerbGroup("mdb", "Looks at the machine list and its sources, pauses machines.")
    {
        MdbListCommand.Build(),
        MdbShowCommand.Build(),
        MdbSourcesCommand.Build(),
        MdbPauseCommand.Build(),
        MdbResumeCommand.Build(),
        MdbAcceptShrinkCommand.Build(),
        MdbWatchCommand.Build(),
    };
}
