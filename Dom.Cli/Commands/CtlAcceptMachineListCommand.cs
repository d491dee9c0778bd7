using System.CommandLine;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl accept-machine-list</c>: takes a machine list that lost too many machines at once.</summary>
internal static class CtlAcceptMachineListCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var reason = CtlControls.ReasonOption();
        return new Verb("accept-machine-list", "Takes the machine list as it stands in its file, though it lost more machines than allowed at once.") { reason }
            .WithExample("dom ctl status", "see first what the master says about the list")
            .WithExample("dom ctl accept-machine-list --reason 'the old site is closed'", "machines that are not in it are forgotten, and left as they are")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new ReasonRequest { Reason = CtlControls.RequireReason(run, reason) };
                    var list = await run.ConnectToMaster().CallAsync(DominatorMethods.AcceptMachineList, request, cancellationToken);
                    run.Output.Line($"the list has {Amounts.Count(list.Machines, "machine", "machines")}; {Amounts.Count(list.Lost)} are gone");
                    run.Output.Document(list, CtlJson.Default.MachineListResponse);
                    return ExitCode.Done;
                },
                CtlStatusCommand.Patience);
    }
}
