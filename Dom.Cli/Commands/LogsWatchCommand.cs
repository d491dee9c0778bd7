using System.CommandLine;
using Dom.Core.Contracts.Logger;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Logs;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom logs watch</c>: follows the logs of roles until interrupted, also over their restarts.</summary>
internal static class LogsWatchCommand
{
    private const int FirstLines = 10;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var targets = LogsTarget.Argument();
        var selection = new LogsSelection($"Begins with so many lines of each that are there already; {FirstLines} without it.");
        return selection.AddTo(new Verb("watch", "Prints the newest lines of the logs of roles and then each new one, until interrupted.") { targets })
            .PrintsLines(LogsJson.Default.LogsWatchDocument)
            .WithExample("dom logs watch sub@web7", "what does this machine do now?")
            .WithExample("dom logs watch sub@web7 sub@web8 --level Warning --lines 0 --json", "one JSON object a line, for a program")
            .Runs((run, cancellationToken) => WatchAsync(run, LogsTargets.Read(run, run.Value(targets)), selection.Read(run, FirstLines), cancellationToken));
    }

    private static async Task<int> WatchAsync(CommandRun run, LogsTargets targets, LogQuery query, CancellationToken cancellationToken)
    {
        await Task.WhenAll(targets.All.Select(target => FollowAsync(run, targets, target, target.Connect(run), query, cancellationToken)));
        return ExitCode.Partial;
    }

    /// <summary>Follows one log. Returns when that cannot be done, which it has told.</summary>
    private static async Task FollowAsync(CommandRun run, LogsTargets targets, LogsTarget target, RpcChannel channel, LogQuery query, CancellationToken cancellationToken)
    {
        var wait = FirstWait;
        var heard = false;
        while (true)
        {
            try
            {
                await foreach (var part in channel.StreamAsync(LoggerMethods.Watch, query, cancellationToken))
                {
                    Print(run, targets, target, part, restarted: query.Epoch != 0 && query.Epoch != part.Epoch);
                    query = query with { Epoch = part.Epoch, After = part.Next, Lines = null };
                    heard = true;
                    wait = FirstWait;
                }
            }
            catch (RpcException fault) when (heard && fault.Status is RpcStatus.Unavailable or RpcStatus.DeadlineExceeded)
            {
                run.Output.Note($"{target.Text}: {fault.Message}; trying again");
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                run.Output.StreamedDocument(new LogsWatchDocument(target.Text, Error: targets.Report(target, fault)), LogsJson.Default.LogsWatchDocument);
                return;
            }

            await Task.Delay(wait, run.Time, cancellationToken);
            wait = wait * 2 > LongestWait ? LongestWait : wait * 2;
        }
    }

    private static void Print(CommandRun run, LogsTargets targets, LogsTarget target, LogLines part, bool restarted)
    {
        if (restarted)
        {
            run.Output.Note($"{target.Text}: started anew");
        }

        if (part.Lost > 0)
        {
            run.Output.Note($"{target.Text}: {Amounts.Count(part.Lost, "line is", "lines are")} lost: they came faster than they were read");
            run.Output.StreamedDocument(new LogsWatchDocument(target.Text, Lost: part.Lost), LogsJson.Default.LogsWatchDocument);
        }

        foreach (var line in part.Lines)
        {
            run.Output.Line(LogsSelection.ToneOf(line.Level), targets.Prefix(target) + LogText.Of(line));
            run.Output.StreamedDocument(new LogsWatchDocument(target.Text, line), LogsJson.Default.LogsWatchDocument);
        }
    }
}
