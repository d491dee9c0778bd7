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

    /// <summary>Waits until the token is cancelled, or throws what ended a role.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onCancel = cancellationToken.Register(() => asked.TrySetResult());
        var ended = await Task.WhenAny([asked.Task, .. _started.Select(r => r.Completion)]);
        await ended;
        if (ended != asked.Task)
        {
            var role = _started.First(r => r.Completion == ended);
            throw new CommandException(ExitCode.Failed, "RoleEnded", $"the {role.Name} ended by itself", "its log says why");
        }
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
