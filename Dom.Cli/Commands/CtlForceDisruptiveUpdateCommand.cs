using System.CommandLine;
using Dom.Core.Contracts.Dominator;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl force-disruptive-update</c>: carries out plans of high impact though the machines' groups have no room.</summary>
internal static class CtlForceDisruptiveUpdateCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var hosts = CtlControls.HostsArgument();
        var reason = CtlControls.ReasonOption();
        return new Verb("force-disruptive-update", "Carries out the plans of machines that wait for their disruption group; only these very plans.") { hosts, reason }
            .WithExample("dom ctl force-disruptive-update db3.example.com --reason 'the cluster is out of service anyway'", "it may reboot now")
            .Runs(
                (run, cancellationToken) =>
                {
                    var request = new MachinesRequest { Hostnames = run.Value(hosts), Reason = CtlControls.RequireReason(run, reason) };
                    return CtlControls.ApplyAsync(run, (master, token) => master.CallAsync(DominatorMethods.ForceDisruptiveUpdate, request, token), "may be disrupted", cancellationToken);
                },
                CtlStatusCommand.Patience);
    }
}
