using System.CommandLine;
using Dom.Core.Contracts.LockManager;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom lock freeze</c>: nothing is granted in a group until that is ended.</summary>
internal static class LockFreezeCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var group = LockCommand.GroupOption();
        var reason = LockCommand.ReasonOption();
        var duration = new Option<string>("--for") { Description = "Ends by itself after this time; without it somebody must end it.", HelpName = "TIME" };
        var thaw = new Option<bool>("--thaw") { Description = "Ends the freeze." };
        return new Verb("freeze", "Grants nothing in a group any more, until that is ended. Who holds a slot keeps it, and may give it back.") { group, reason, duration, thaw }
            .Prints(LockJson.Default.LockGroupStatus)
            .WithDryRun()
            .WithExample("dom lock freeze --reason 'release day' --for 8h", "no reboots today")
            .WithExample("dom lock freeze --thaw", "go on")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new LockFreezeRequest
                    {
                        Group = run.Value(group) ?? "",
                        Reason = run.Value(reason) ?? "",
                        Thaw = run.Value(thaw),
                        Duration = LockCommand.DurationOf(run, duration),
                    };
                    if (!request.Thaw && request.Reason.Trim().Length == 0)
                    {
                        throw new CommandException(ExitCode.Usage, LockErrorCode.NoReason, "--reason is missing", "say why nothing is to be granted, or end a freeze with --thaw");
                    }

                    if (run.IsDryRun)
                    {
                        var now = await LockCommand.StatusAsync(run, request.Group, cancellationToken);
                        var report = new DryRunReport(run);
                        report.Add(now.Group, now.FrozenBy.Length > 0 ? $"frozen by {now.FrozenBy}" : "not frozen", request.Thaw ? "not frozen" : "frozen");
                        return report.Print($"would {(request.Thaw ? "thaw" : "freeze")} {now.Group}");
                    }

                    var status = await run.ConnectToLockManager().CallAsync(LockManagerMethods.Freeze, request, cancellationToken);
                    run.Output.Document(status, LockJson.Default.LockGroupStatus);
                    run.Output.Line(status.FrozenBy.Length == 0
                        ? $"{status.Group} is not frozen"
                        : $"{status.Group} is frozen{(status.FrozenUntil is { } until ? $" until {Amounts.Moment(until)}" : "")}: {status.FreezeReason}");
                    return ExitCode.Done;
                },
                LockCommand.Patience);
    }
}
