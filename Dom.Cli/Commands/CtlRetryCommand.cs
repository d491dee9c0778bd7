using System.CommandLine;
using Dom.Core.Contracts.Dominator;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl retry</c>: tries again at once what failed on machines, also images that were rolled back there.</summary>
internal static class CtlRetryCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var hosts = CtlControls.HostsArgument();
        var reason = CtlCommand.ReasonOption();
        return new Verb("retry", "Tries again at once what failed on machines, also an image that was rolled back there.") { hosts, reason }
            .Prints(CtlJson.Default.ControlResponse)
            .WithDryRun()
            .WithExample("dom ctl retry web7.example.com --reason 'the disk was replaced'", "the image is offered once more")
            .Runs(
                (run, cancellationToken) =>
                {
                    var request = new MachinesRequest { Hostnames = run.Value(hosts), Reason = run.Value(reason) ?? "" };
                    return CtlControls.ApplyAsync(
                        run, request.Hostnames, (master, token) => master.CallAsync(DominatorMethods.RetrySubs, request, token), "tries again", faultOf: null, cancellationToken);
                },
                CtlStatusCommand.Patience);
    }
}
