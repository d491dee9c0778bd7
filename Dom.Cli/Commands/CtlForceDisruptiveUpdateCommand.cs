using System.CommandLine;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Master.Policy;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl force-disruptive-update</c>: carries out plans of high impact without the permission they wait for.</summary>
internal static class CtlForceDisruptiveUpdateCommand
{
    private static readonly string[] Waiting = [MachineStatus.DisruptionRequested.Word(), MachineStatus.DisruptionDenied.Word(), MachineStatus.DisruptionFailed.Word()];

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var hosts = CtlControls.HostsArgument();
        var reason = CtlControls.ReasonOption();
        return new Verb("force-disruptive-update", "Carries out the plans of machines that wait for their disruption group or for who decides on the machine; only these very plans.") { hosts, reason }
            .Prints(CtlJson.Default.ControlResponse)
            .WithDryRun()
            .WithExample("dom ctl force-disruptive-update db3.example.com --reason 'the cluster is out of service anyway'", "it may reboot now")
            .Runs(
                (run, cancellationToken) =>
                {
                    var request = new MachinesRequest { Hostnames = run.Value(hosts), Reason = CtlControls.RequireReason(run, reason) };
                    return CtlControls.ApplyAsync(
                        run,
                        request.Hostnames,
                        (master, token) => master.CallAsync(DominatorMethods.ForceDisruptiveUpdate, request, token),
                        "may be disrupted",
                        static sub => Waiting.Contains(sub.Status) ? null : $"does not wait for a permission to be disrupted: its status is '{sub.Status}'",
                        cancellationToken);
                },
                CtlStatusCommand.Patience);
    }
}
