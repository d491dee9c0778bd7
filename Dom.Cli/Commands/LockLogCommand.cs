using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.LockManager;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom lock log</c>: what happened.</summary>
internal static class LockLogCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var group = LockCommand.GroupOption();
        var all = new Option<bool>("--all") { Description = "The events of all groups." };
        var since = CtlSince.Option();
        var last = new Option<int>("--last") { Description = "Only the last so many.", HelpName = "N", DefaultValueFactory = static _ => 100 };
        return new Verb("log", "Shows who got, gave back and lost slots, when and why.") { group, all, since, last }
            .Prints(LockJson.Default.LockEvents)
            .WithExample("dom lock log --since 1d", "what rebooted since yesterday, and why?")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var (moment, span) = CtlSince.Read(run, since);
                    var request = new LockLogRequest
                    {
                        Group = run.Value(all) ? "" : run.Value(group) ?? "",
                        Since = moment ?? (span is { } ago ? run.Time.GetUtcNow() - ago : null),
                        Limit = run.Value(last),
                    };
                    var events = await run.ConnectToLockManager().CallAsync(LockManagerMethods.GetLog, request, cancellationToken);
                    run.Output.Document(events, LockJson.Default.LockEvents);
                    run.Output.Table(
                        new TextTable<LockEvent>()
                            .Column("TIME", static e => Amounts.Moment(e.Time))
                            .Column("GROUP", static e => e.Group)
                            .Column("WHAT", static e => e.What, static e => e.What is "forced" or "overdue" ? Tone.Warning : Tone.Quiet)
                            .Column("ID", static e => e.Id)
                            .Column("USER", static e => e.User)
                            .Number("FREE", static e => Amounts.Count(e.Available))
                            .Column("WHY", static e => e.Reason),
                        events.Events);
                    return ExitCode.Done;
                },
                LockCommand.Patience);
    }
}
