using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.MdbServer;

namespace Dom.Cli.Commands;

/// <summary><c>dom mdb resume</c>: ends a pause.</summary>
internal static class MdbResumeCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = CtlCommand.HostArgument(NameKind.ListedMachine);
        var reason = CtlCommand.ReasonOption();
        return new Verb("resume", "Ends the pause of a machine.") { host, reason }
            .Prints(MdbJson.Default.MachinePause)
            .WithDryRun()
            .WithExample("dom mdb resume web7.example.com", "it is updated again")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new ResumeUpdatesRequest { Hostname = run.Value(host), Reason = run.Value(reason) ?? "" };
                    if (run.IsDryRun)
                    {
                        var found = await MdbCommand.FindAsync(run, request.Hostname, cancellationToken);
                        if (found.Pause is not { } now)
                        {
                            throw new CommandException(ExitCode.NotFound, MdbErrorCode.NotPaused, $"{found.Hostname} is not paused", "`dom mdb sources` lists the pauses");
                        }

                        var report = new DryRunReport(run);
                        report.Add(found.Hostname, $"paused {MdbPauseCommand.Describe(now)}", "goes on");
                        return report.Print($"would end the pause of {found.Hostname}");
                    }

                    var pause = await run.ConnectToMdbServer().CallAsync(MdbServerMethods.ResumeUpdates, request, cancellationToken);
                    run.Output.Document(pause, MdbJson.Default.MachinePause);
                    run.Output.Line($"{pause.Hostname} goes on; it was paused {MdbPauseCommand.Describe(pause)}");
                    return ExitCode.Done;
                },
                MdbCommand.Patience);
    }
}
