using System.CommandLine;
using Dom.Core.Contracts.Logger;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Logs;

namespace Dom.Cli.Commands;

/// <summary><c>dom logs print</c>: the last lines of the logs of roles.</summary>
internal static class LogsPrintCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var targets = LogsTarget.Argument();
        var selection = new LogsSelection("Only so many lines of each, the newest; without it all that are kept.");
        return selection.AddTo(new Verb("print", "Prints the last lines of the logs of roles, the oldest first.") { targets })
            .Prints(LogsJson.Default.LogsPrintDocument)
            .WithExample("dom logs print sub@web7 --level Warning --since 2h", "what went wrong on a machine")
            .WithExample("dom logs print sub@web7 sub@web8 master@master1 --filter web/102", "who says something about this image?")
            .Runs((run, cancellationToken) => PrintAsync(run, LogsTargets.Read(run, run.Value(targets)), selection.Read(run, lines: null), cancellationToken), timesEach: true);
    }

    private static async Task<int> PrintAsync(CommandRun run, LogsTargets targets, LogQuery query, CancellationToken cancellationToken)
    {
        var logs = new List<LogsLogDocument>();
        var failed = false;
        await foreach (var answer in targets.AskAsync((channel, token) => ReadAsync(channel, query, token), cancellationToken))
        {
            if (answer.Value is not { } log)
            {
                failed = true;
                var error = targets.Report(answer.Target, answer.Fault ?? new InvalidOperationException("there is no answer"));
                logs.Add(new LogsLogDocument(answer.Target.Text, 0, [], error));
                continue;
            }

            foreach (var line in log.Lines)
            {
                run.Output.Line(LogsSelection.ToneOf(line.Level), targets.Prefix(answer.Target) + LogText.Of(line));
            }

            if (run.Output.IsJson)
            {
                logs.Add(new LogsLogDocument(answer.Target.Text, log.Lost, log.Lines, null));
            }
        }

        run.Output.Document(new LogsPrintDocument(logs), LogsJson.Default.LogsPrintDocument);
        return failed ? ExitCode.Partial : ExitCode.Done;
    }

    private static async Task<LogLines> ReadAsync(RpcChannel channel, LogQuery query, CancellationToken cancellationToken)
    {
        var lines = new List<LogLine>();
        var log = new LogLines { Epoch = 0 };
        var characters = 0L;
        await foreach (var part in channel.StreamAsync(LoggerMethods.GetLines, query, cancellationToken))
        {
            characters += part.Lines.Sum(static l => (long)l.Message.Length + l.Category.Length + l.Event.Length);
            if (lines.Count + part.Lines.Count > LogsLimits.Lines || characters > LogsLimits.Characters)
            {
                throw new CommandException(ExitCode.Failed, "TooLarge", $"the role sends more than {LogsLimits.Lines} lines or {LogsLimits.Characters} characters, which no log has");
            }

            lines.AddRange(part.Lines);
            log = part with { Lines = lines, Lost = log.Lost + part.Lost };
        }

        return log;
    }
}
