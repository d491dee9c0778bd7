using System.CommandLine;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Rpc;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom lock watch</c>: follows what happens until interrupted, also over restarts of the server.</summary>
internal static class LockWatchCommand
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var group = LockCommand.GroupOption();
        var all = new Option<bool>("--all") { Description = "The events of all groups." };
        var last = new Option<int>("--last") { Description = "Begins with the last so many.", HelpName = "N" };
        return new Verb("watch", "Prints who gets and gives back slots, until interrupted.") { group, all, last }
            .PrintsLines(LockJson.Default.LockEvent)
            .WithExample("dom lock watch --all --last 10", "follow all groups")
            .Runs((run, cancellationToken) =>
                FollowAsync(run, new LockLogRequest { Group = run.Value(all) ? "" : run.Value(group) ?? "", Limit = run.Value(last) }, cancellationToken));
    }

    private static async Task<int> FollowAsync(CommandRun run, LockLogRequest request, CancellationToken cancellationToken)
    {
        var server = run.ConnectToLockManager();
        var wait = FirstWait;
        var hasBegun = false;
        while (true)
        {
            try
            {
                await foreach (var part in server.StreamAsync(LockManagerMethods.Watch, request, cancellationToken))
                {
                    foreach (var entry in part.Events)
                    {
                        Print(run, entry);
                        request = request with { Since = entry.Time.AddTicks(1), Limit = 0 };
                    }

                    hasBegun = true;
                    wait = FirstWait;
                }
            }
            catch (RpcException fault) when (hasBegun && fault.Status is RpcStatus.Unavailable or RpcStatus.DeadlineExceeded)
            {
                run.Output.Note($"{fault.Message}; trying again");
            }

            await Task.Delay(wait, run.Time, cancellationToken);
            wait = wait * 2 > LongestWait ? LongestWait : wait * 2;
        }
    }

    private static void Print(CommandRun run, LockEvent entry)
    {
        run.Output.StreamedDocument(entry, LockJson.Default.LockEvent);
        var words = new[] { Amounts.Moment(entry.Time), entry.Group, entry.What, entry.Id, entry.User.Length > 0 ? $"by {entry.User}" : "", $"({entry.Available} free)", entry.Reason };
        run.Output.Line(string.Join(' ', words.Where(static w => w.Length > 0)));
    }
}
