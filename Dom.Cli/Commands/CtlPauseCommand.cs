using System.CommandLine;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl pause</c> and <c>resume</c>: keeps machines from being changed for a time.</summary>
internal static class CtlPauseCommand
{
    /// <summary>Builds the command that pauses.</summary>
    public static Command BuildPause()
    {
        var hosts = CtlControls.HostsArgument();
        var time = new Option<string>("--for") { Description = "How long, such as 2h or 7d.", HelpName = "TIME", Required = true };
        var reason = CtlControls.ReasonOption();
        return new Verb("pause", "Keeps machines from being changed for a time; it survives restarts and ends by itself.") { hosts, time, reason }
            .Prints(CtlJson.Default.ControlResponse)
            .WithDryRun()
            .WithExample("dom ctl pause db3.example.com --for 4h --reason 'restoring a backup'", "nothing is fetched or changed there for four hours")
            .Runs(
                (run, cancellationToken) =>
                {
                    var request = new PauseRequest
                    {
                        Hostnames = run.Value(hosts),
                        Duration = CtlControls.ReadTime("--for", run.Value(time) ?? ""),
                        Reason = CtlControls.RequireReason(run, reason),
                    };
                    return CtlControls.ApplyAsync(
                        run,
                        request.Hostnames,
                        (master, token) => master.CallAsync(DominatorMethods.PauseSubs, request, token),
                        $"paused for {DurationText.Format(request.Duration)}",
                        faultOf: null,
                        cancellationToken);
                },
                CtlStatusCommand.Patience);
    }

    /// <summary>Builds the command that ends pauses.</summary>
    public static Command BuildResume()
    {
        var hosts = CtlControls.HostsArgument();
        var reason = CtlCommand.ReasonOption();
        return new Verb("resume", "Ends the pauses of machines.") { hosts, reason }
            .Prints(CtlJson.Default.ControlResponse)
            .WithDryRun()
            .WithExample("dom ctl resume db3.example.com", "it is brought to its image again")
            .Runs(
                (run, cancellationToken) =>
                {
                    var request = new MachinesRequest { Hostnames = run.Value(hosts), Reason = run.Value(reason) ?? "" };
                    return CtlControls.ApplyAsync(
                        run, request.Hostnames, (master, token) => master.CallAsync(DominatorMethods.ResumeSubs, request, token), "resumed", faultOf: null, cancellationToken);
                },
                CtlStatusCommand.Patience);
    }
}
