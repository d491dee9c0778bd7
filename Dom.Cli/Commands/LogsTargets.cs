using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Dom.Cli.Output;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Commands;

/// <summary>Several roles that are asked the same. One that fails does not stop the others, and is named.</summary>
internal sealed class LogsTargets(CommandRun run, IReadOnlyList<LogsTarget> targets)
{
    private const int AtATime = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The targets.</summary>
    public IReadOnlyList<LogsTarget> All => targets;

    /// <summary>Reads the targets of a command line, each once.</summary>
    /// <exception cref="CommandException">One of them cannot be understood.</exception>
    public static LogsTargets Read(CommandRun run, IEnumerable<string> texts) => new(run, [.. texts.Select(LogsTarget.Parse).DistinctBy(static t => (t.Role, t.Server))]);

    /// <summary>What stands before the lines of a target; nothing when there is only one.</summary>
    public string Prefix(LogsTarget target) => targets.Count > 1 ? $"{target.Text}  " : "";

    /// <summary>Asks all, some at a time, each with a time limit of its own; the answers come in the order of the targets.</summary>
    public async IAsyncEnumerable<LogsAnswer<T>> AskAsync<T>(Func<RpcChannel, CancellationToken, Task<T>> ask, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var running = new Queue<Task<LogsAnswer<T>>>();
        foreach (var target in targets)
        {
            if (running.Count == AtATime)
            {
                yield return await running.Dequeue();
            }

            running.Enqueue(AskOneAsync(target, target.Connect(run), ask, cancellationToken));
        }

        while (running.TryDequeue(out var next))
        {
            yield return await next;
        }
    }

    /// <summary>Names a target that failed. The only one of a command line fails as any command does.</summary>
    /// <returns>What programs are told about it.</returns>
    public ErrorDetail Report(LogsTarget target, Exception fault)
    {
        if (targets.Count == 1)
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        var failure = CommandFailure.From(fault);
        run.Output.Note($"{target.Text}: {failure.Message}");
        return new ErrorDetail(failure.Code, failure.Message, failure.Hint);
    }

    private async Task<LogsAnswer<T>> AskOneAsync<T>(LogsTarget target, RpcChannel channel, Func<RpcChannel, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        var patience = run.GivenTimeout ?? Patience;
        using var limit = new CancellationTokenSource(patience, run.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return new LogsAnswer<T>(target, await ask(channel, either.Token), null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new LogsAnswer<T>(
                target, null, new CommandException(ExitCode.Unreachable, "TimedOut", $"no answer within {DurationText.Format(patience)}", "--timeout sets how long to wait"));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return new LogsAnswer<T>(target, null, fault);
        }
    }
}
