using System.CommandLine;
using Dom.Core.Contracts.Dominator;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl take-over</c>: makes this master hold machines that another one holds.</summary>
internal static class CtlTakeOverCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var hosts = CtlControls.HostsArgument();
        var reason = CtlControls.ReasonOption();
        return new Verb("take-over", "Makes this master hold machines that another one holds and still polls.") { hosts, reason }
            .Prints(CtlJson.Default.ControlResponse)
            .WithDryRun()
            .WithExample("dom ctl take-over web7.example.com --reason 'moves to the new master'", "the other master is refused from now on")
            .Runs(
                (run, cancellationToken) =>
                {
                    var request = new MachinesRequest { Hostnames = run.Value(hosts), Reason = CtlControls.RequireReason(run, reason) };
                    return CtlControls.ApplyAsync(
                        run,
                        request.Hostnames,
                        (master, token) => master.CallAsync(DominatorMethods.TakeOverSubs, request, token),
                        "taken over",
                        static sub => sub.HeldBy is null ? "no other master holds it" : null,
                        cancellationToken);
                },
                CtlStatusCommand.Patience);
    }
}
