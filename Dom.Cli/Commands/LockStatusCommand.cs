using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.LockManager;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom lock status</c>: free slots, holders, who waits.</summary>
internal static class LockStatusCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var group = LockCommand.GroupOption();
        var all = new Option<bool>("--all") { Description = "One line for each group." };
        var format = LockCommand.FormatOption();
        return new Verb("status", "Shows free slots, holders and who waits; changes nothing.") { group, all, format }
            .Prints(LockJson.Default.LockStatus)
            .WithExample("dom lock status", "who holds a slot of the default group, since when and why?")
            .WithExample("dom lock status --all", "all groups")
            .WithExample("dom lock status --group db --format locksmith", "for a script that reads locksmithctl's output")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new LockStatusRequest { Group = run.Value(all) ? "" : run.Value(group) ?? "" };
                    var status = await run.ConnectToLockManager().CallAsync(LockManagerMethods.GetStatus, request, cancellationToken);
                    run.Output.Document(status, LockJson.Default.LockStatus);
                    if (run.Value(all))
                    {
                        PrintAll(run, status);
                    }
                    else
                    {
                        Print(run, status.Groups[0], LockCommand.IsLocksmith(run, format));
                    }

                    return status.Groups.Any(static g => g.StoreError.Length > 0) ? ExitCode.Unreachable : ExitCode.Done;
                },
                LockCommand.Patience);
    }

    private static void Print(CommandRun run, LockGroupStatus group, bool asLocksmith)
    {
        run.Output.Line($"Available: {group.Available}");
        run.Output.Line($"Max: {group.Max}{(!asLocksmith && group.Limit.EndsWith('%') ? $" ({group.Limit} of {Amounts.Count(group.Machines ?? 0, "machine", "machines")})" : "")}");
        if (group.Holders.Count > 0)
        {
            run.Output.Line();
            if (asLocksmith)
            {
                run.Output.Line("MACHINE ID");
                foreach (var holder in group.Holders)
                {
                    run.Output.Line(holder.Id);
                }
            }
            else
            {
                PrintHolders(run, group);
            }
        }

        if (asLocksmith)
        {
            return;
        }

        if (group.Waiting.Count > 0)
        {
            run.Output.Line();
            run.Output.Table(
                new TextTable<LockWaiterInfo>()
                    .Column("WAITING", static w => w.Id)
                    .Number("PLACE", static w => Amounts.Count(w.Place))
                    .Column("SINCE", w => Amounts.Ago(run.Time.GetUtcNow() - w.Since))
                    .Column("USER", static w => w.User)
                    .Column("WHY", static w => w.Reason),
                group.Waiting);
        }

        foreach (var line in new[]
        {
            group.Available < 0 ? $"over by {-group.Available}: nothing is granted until enough have left" : "",
            group.Obstacle.Length > 0 ? $"nothing is granted: {group.Obstacle}" : "",
            group.StoreError.Length > 0 ? $"stale: what stands above is of {(group.ReadAt is { } at ? Amounts.Moment(at) : "no time at all")}" : "",
        })
        {
            if (line.Length > 0)
            {
                run.Output.Note(line);
            }
        }
    }

    private static void PrintHolders(CommandRun run, LockGroupStatus group) => run.Output.Table(
        new TextTable<LockHolderInfo>()
            .Column("MACHINE ID", static h => h.Id)
            .Column("SINCE", h => h.Since is { } since ? Amounts.Ago(run.Time.GetUtcNow() - since) : "unknown")
            .Column("STATE", static h => h.Overdue ? "overdue" : "holds", static h => h.Overdue ? Tone.Warning : Tone.Quiet)
            .Column("USER", static h => h.User)
            .Column("WHY", static h => h.Reason),
        group.Holders);

    private static void PrintAll(CommandRun run, LockStatus status) => run.Output.Table(
        new TextTable<LockGroupStatus>()
            .Column("GROUP", static g => g.Group)
            .Number("AVAILABLE", static g => Amounts.Count(g.Available))
            .Number("MAX", static g => Amounts.Count(g.Max))
            .Number("HOLDERS", static g => Amounts.Count(g.Holders.Count))
            .Number("WAITING", static g => Amounts.Count(g.Waiting.Count))
            .Column("NOTHING GRANTED BECAUSE", static g => g.Obstacle),
        status.Groups);
}
