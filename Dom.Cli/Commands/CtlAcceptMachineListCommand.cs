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
            .Prints(CtlJson.Default.MachineListResponse)
            .WithDryRun()
            .WithExample("dom ctl status", "see first what the master says about the list")
            .WithExample("dom ctl accept-machine-list --reason 'the old site is closed'", "machines that are not in it are forgotten, and left as they are")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new ReasonRequest { Reason = CtlControls.RequireReason(run, reason) };
                    if (run.IsDryRun)
                    {
                        return await LookAsync(run, cancellationToken);
                    }

                    var list = await run.ConnectToMaster().CallAsync(DominatorMethods.AcceptMachineList, request, cancellationToken);
                    run.Output.Line($"the list has {Amounts.Count(list.Machines, "machine", "machines")}; {Amounts.Count(list.Lost)} are gone");
                    run.Output.Document(list, CtlJson.Default.MachineListResponse);
                    return ExitCode.Done;
                },
                CtlStatusCommand.Patience);
    }

    private static async Task<int> LookAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var status = await run.ConnectToMaster().CallAsync(DominatorMethods.GetStatus, new SubQuery(), cancellationToken);
        if (status.MachineListError.Length > 0 && status.RefusedLoss == 0)
        {
            throw new CommandException(ExitCode.Refused, "BadMachineList", status.MachineListError, "repair the list; it cannot be accepted as it is");
        }

        var report = new DryRunReport(run);
        foreach (var machine in status.RefusedMachines)
        {
            report.Add(machine, "in the list", "forgotten, and left as it is");
        }

        return report.Print(status.RefusedLoss == 0
            ? "would change nothing: no list waits to be accepted"
            : $"would forget {Amounts.Count(status.RefusedLoss, "machine", "machines")} of {Amounts.Count(status.Machines)}"
                + (status.RefusedLoss > status.RefusedMachines.Count ? $"; the first {Amounts.Count(status.RefusedMachines.Count)} are named" : ""));
    }
}
