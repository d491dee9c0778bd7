using System.Runtime.ExceptionServices;
using Dom.Roles.Hosting;

namespace Dom.Cli;

/// <summary>Several roles in one process: started in order, stopped in reverse, ended together when one cannot go on.</summary>
internal sealed class RunningRoles : IAsyncDisposable
{
    private readonly List<IRole> _started = [];

    /// <summary>The roles that answer.</summary>
    public IReadOnlyList<IRole> Started => _started;

    /// <summary>Starts a role, after those started before. When that fails the role is disposed; the others go on.</summary>
    public async Task StartAsync(IRole role, CancellationToken cancellationToken)
    {
        try
        {
            await role.StartAsync(cancellationToken);
        }
        catch
        {
            await role.DisposeAsync();
            throw;
        }

        _started.Add(role);
    }

    /// <summary>Waits until the token is cancelled, or a role cannot go on, which is thrown.</summary>
    /// <exception cref="ProgramReplacedException">A role ends for the sake of a new program.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onCancel = cancellationToken.Register(() => asked.TrySetResult());
        var ended = await Task.WhenAny([asked.Task, .. _started.Select(r => r.Completion)]);
        if (ended == asked.Task)
        {
            return;
        }

        if (ended.Exception?.InnerException is ProgramReplacedException replaced)
        {
            throw replaced;
        }

        var role = _started.First(r => r.Completion == ended);
        var why = ended.Exception is { InnerException: { } fault } ? $": {fault.Message}" : "";
        throw new CommandException(ExitCode.Failed, "RoleEnded", $"the {role.Name} cannot go on{why}", "its log says more; start it again");
    }

    /// <summary>Does something with the roles. When one of them cannot go on meanwhile, the work is cancelled and that is thrown, at once.</summary>
    public async Task<T> WhileRunningAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var working = work(end.Token);
        var waiting = WaitAsync(end.Token);
        await Task.WhenAny(working, waiting);
        await end.CancelAsync();
        await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await waiting;
        return await working;
    }

    /// <summary>Stops all roles, the last one first. A role that fails to stop does not keep the others from it.</summary>
    public async ValueTask DisposeAsync()
    {
        ExceptionDispatchInfo? first = null;
        for (var i = _started.Count - 1; i >= 0; i--)
        {
            try
            {
                await _started[i].DisposeAsync();
            }
            catch (Exception fault)
            {
                first ??= ExceptionDispatchInfo.Capture(fault);
            }
        }

        _started.Clear();
        first?.Throw();
    }
}
