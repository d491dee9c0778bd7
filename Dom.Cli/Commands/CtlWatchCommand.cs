using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl watch</c>: follows the machines' states until interrupted, also over restarts of the master.</summary>
internal static class CtlWatchCommand
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var machines = new CtlSelection();
        var changes = new Option<bool>("--changes") { Description = "Leaves out the state at the start; prints changes only." };
        return machines.AddTo(new Verb("watch", "Prints the state of machines and then each change of it, until interrupted.") { changes })
            .PrintsLines(CtlJson.Default.SubChanges)
            .WithExample("dom ctl watch", "what happens in the fleet")
            .WithExample("dom ctl watch --location SJC/rack4 --json", "one JSON object a line, for a program")
            .Runs((run, cancellationToken) => FollowAsync(run, machines.Read(run), run.Value(changes), cancellationToken));
    }

    private static async Task<int> FollowAsync(CommandRun run, SubQuery query, bool onlyChanges, CancellationToken cancellationToken)
    {
        var master = run.ConnectToMaster();
        var request = new WatchRequest { Query = query, Brief = !run.Output.IsJson };
        var shown = new Dictionary<string, (string Status, string Detail, string Image)>(StringComparer.Ordinal);
        var wait = FirstWait;
        var isStart = true;
        while (true)
        {
            try
            {
                await foreach (var page in master.StreamAsync(DominatorMethods.WatchSubs, request, cancellationToken))
                {
                    Print(run.Output, page, shown, isStart && onlyChanges);
                    request = request with { Epoch = page.Epoch, Generation = page.Generation };
                    isStart &= !page.IsCurrent;
                    wait = FirstWait;
                }
            }
            catch (RpcException fault) when (!isStart && fault.Status is RpcStatus.Unavailable or RpcStatus.DeadlineExceeded)
            {
                run.Output.Note($"{fault.Message}; trying again");
            }

            await Task.Delay(wait, run.Time, cancellationToken);
            wait = wait * 2 > LongestWait ? LongestWait : wait * 2;
        }
    }

    private static void Print(ConsoleOutput output, SubChanges page, Dictionary<string, (string Status, string Detail, string Image)> shown, bool silent)
    {
        if (output.IsJson)
        {
            if (!silent && (page.Subs.Count > 0 || page.Gone.Count > 0))
            {
                output.StreamedDocument(page, CtlJson.Default.SubChanges);
            }

            return;
        }

        foreach (var name in page.Gone)
        {
            if (shown.Remove(name) && !silent)
            {
                output.Line($"{name}  gone");
            }
        }

        foreach (var sub in page.Subs)
        {
            // Counters change more often than what is printed.
            var line = (sub.Status, sub.Detail, sub.RequiredImage);
            if (shown.TryGetValue(sub.Hostname, out var last) && last == line)
            {
                continue;
            }

            shown[sub.Hostname] = line;
            if (!silent)
            {
                output.Line(CtlSelection.ToneOf(sub.Status), $"{sub.Hostname}  {sub.Status}  {sub.RequiredImage}{(sub.Detail.Length > 0 ? "  " : "")}{sub.Detail}");
            }
        }
    }
}
