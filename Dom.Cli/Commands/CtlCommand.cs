using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl</c>: looks at the fleet and controls its master.</summary>
internal static class CtlCommand
{
    private const string NoReason = "no reason given";

    /// <summary>Builds the command.</summary>
    public static Command Build() => new VerbGroup("ctl", "Looks at the fleet and controls its master.")
    {
        CtlStatusCommand.Build(),
        CtlListSubsCommand.Build(),
        CtlInfoCommand.Build(),
        CtlWatchCommand.Build(),
        CtlShowSubCommand.Build(),
        CtlDiffCommand.Build(),
        CtlHistoryCommand.Build(),
        CtlDriftCommand.Build(),
        CtlUpdatesCommand.BuildDisable(),
        CtlUpdatesCommand.BuildEnable(),
        CtlClearSafetyStopCommand.Build(),
        CtlClearHaltCommand.Build(),
        CtlPauseCommand.BuildPause(),
        CtlPauseCommand.BuildResume(),
        CtlRetryCommand.Build(),
        CtlFastUpdateCommand.Build(),
        CtlForceDisruptiveUpdateCommand.Build(),
        CtlTakeOverCommand.Build(),
        CtlConfigureSubsCommand.BuildSet(),
        CtlConfigureSubsCommand.BuildGet(),
        CtlAcceptMachineListCommand.Build(),
        CtlDefaultImageCommand.BuildSet(),
        CtlDefaultImageCommand.BuildGet(),
    };

    /// <summary>The argument that names one machine.</summary>
    public static Argument<string> HostArgument(NameKind kind = NameKind.Machine) =>
        new Argument<string>("host") { Description = "The machine, as the machine list names it.", HelpName = "HOST" }.CompletesWith(kind);

    /// <summary>The option that says why something is done.</summary>
    public static Option<string> ReasonOption() => new("--reason")
    {
        Description = "Why; kept in the log for everybody who asks later.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => NoReason,
    };

    /// <summary>What the master knows of one machine.</summary>
    public static async Task<SubInfo> GetSubAsync(RpcChannel master, string host, CancellationToken cancellationToken)
    {
        await foreach (var page in master.StreamAsync(DominatorMethods.GetInfoForSubs, new SubQuery { Hostnames = [host] }, cancellationToken))
        {
            if (page.Subs.Count > 0)
            {
                return page.Subs[0];
            }
        }

        throw new CommandException(ExitCode.NotFound, "NoSuchMachine", $"the machine list has no machine '{host}'", "`dom ctl list-subs` lists them");
    }
}
