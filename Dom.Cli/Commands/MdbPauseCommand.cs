using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.MdbServer;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom mdb pause</c>: leaves a machine as it is for a time.</summary>
internal static class MdbPauseCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = CtlCommand.HostArgument(NameKind.ListedMachine);
        var duration = new Option<string>("--for") { Description = "For how long, such as 30min or 4h.", HelpName = "TIME", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why; shown to everybody who looks at the machine.", HelpName = "TEXT", Required = true };
        var remove = new Option<bool>("--remove") { Description = "Leaves the machine out of the list, instead of disabling its updates." };
        return new Verb("pause", "Leaves a machine as it is for a time; the pause ends by itself.") { host, duration, reason, remove }
            .Prints(MdbJson.Default.MachinePause)
            .WithDryRun()
            .WithExample("dom mdb pause web7.example.com --for 2h --reason 'looking into a crash'", "no updates for two hours")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new PauseUpdatesRequest
                    {
                        Hostname = run.Value(host),
                        Duration = ReadDuration(run.Value(duration) ?? ""),
                        Reason = run.Value(reason) ?? "",
                        Remove = run.Value(remove),
                    };
                    if (run.IsDryRun)
                    {
                        var found = await MdbCommand.FindAsync(run, request.Hostname, cancellationToken);
                        var report = new DryRunReport(run);
                        report.Add(found.Hostname, found.Pause is { } old ? $"paused {Describe(old)}" : "not paused",
                            $"{(request.Remove ? "left out of the list" : "not updated")} for {DurationText.Format(request.Duration)}");
                        return report.Print($"would pause {found.Hostname}");
                    }

                    var pause = await run.ConnectToMdbServer().CallAsync(MdbServerMethods.PauseUpdates, request, cancellationToken);
                    run.Output.Document(pause, MdbJson.Default.MachinePause);
                    run.Output.Line($"{pause.Hostname} is paused {Describe(pause)}");
                    run.Output.Line($"`dom mdb resume {pause.Hostname}` ends it before");
                    return ExitCode.Done;
                },
                MdbCommand.Patience);
    }

    /// <summary>A pause in words, without the machine.</summary>
    public static string Describe(MachinePause pause) =>
        $"until {Amounts.Moment(pause.Until)} by {pause.User}{(pause.Remove ? " (left out of the list)" : "")}: {pause.Reason}";

    private static TimeSpan ReadDuration(string text)
    {
        try
        {
            return DurationText.Parse(text);
        }
        catch (FormatException)
        {
            throw new CommandException(ExitCode.Usage, "BadDuration", $"--for '{text}' is not a length of time", "write 30min, 4h or 1d");
        }
    }
}
