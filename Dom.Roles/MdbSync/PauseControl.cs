using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.MdbSync.Publication;
using Dom.Roles.MdbSync.State;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.MdbSync;

/// <summary>Pauses and resumes machines: who may, for how long, how many. A pause counts when it is on disk.</summary>
internal sealed class PauseControl(MdbSyncOptions options, MdbState state, MdbPublisher publisher, Action changed, TimeProvider clock, ILogger log) : IDisposable
{
    private const int MaxReason = 500;
    private const int MaxPauses = 10_000;

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The pauses in force.</summary>
    public PauseTable Table => state.Pauses;

    /// <summary>Pauses a machine.</summary>
    public async Task<MachinePause> PauseAsync(PauseUpdatesRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var reason = CheckedReason(request.Reason);
        call.SetAudit(request.Hostname, reason);
        if (request.Duration < Shortest || request.Duration > options.MaximumPauseDuration)
        {
            throw new RpcException(
                RpcStatus.InvalidArgument,
                $"a pause lasts from {DurationText.Format(Shortest)} to {DurationText.Format(options.MaximumPauseDuration)} (MaximumPauseDuration), not {DurationText.Format(request.Duration)}",
                MdbErrorCode.BadDuration);
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            RequireRight(request, call);
            var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
            var pause = new MachinePause
            {
                Hostname = request.Hostname,
                User = call.Caller.User,
                Reason = reason,
                Since = now,
                Until = now + request.Duration,
                Remove = request.Remove,
            };
            await SetAsync(request.Hostname, pause);
            log.Paused(pause.Hostname, pause.User, pause.Until, pause.Reason);
            return pause;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends a pause.</summary>
    public async Task<MachinePause> ResumeAsync(ResumeUpdatesRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        call.SetAudit(request.Hostname, request.Reason);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var pause = Table.Find(request.Hostname)
                ?? throw new RpcException(RpcStatus.NotFound, $"'{request.Hostname}' is not paused", MdbErrorCode.NotPaused);
            if (pause.User != call.Caller.User && !MayControl(call, Find(request.Hostname)))
            {
                throw new RpcException(
                    RpcStatus.PermissionDenied,
                    $"'{request.Hostname}' was paused by {pause.User} ({pause.Reason}); only {pause.User}, its owners and those whose certificate lists {call.Method} may resume it",
                    MdbErrorCode.PausedByOther);
            }

            await SetAsync(request.Hostname, null);
            log.Resumed(pause.Hostname, $"resumed by {call.Caller.User}");
            return pause;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets pauses whose time is over. True when there were any.</summary>
    public async Task<bool> ExpireAsync()
    {
        var expired = Table.RemoveExpired();
        if (expired.Count == 0)
        {
            return false;
        }

        foreach (var pause in expired)
        {
            log.Resumed(pause.Hostname, "its time was over");
        }

        await SaveAsync();
        return true;
    }

    /// <summary>Saves again what could not be saved.</summary>
    public Task RepeatSaveAsync() => state.PauseSaves.Error.Length > 0 ? SaveAsync() : Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private void RequireRight(PauseUpdatesRequest request, RpcCall call)
    {
        var machine = Find(request.Hostname)
            ?? throw new RpcException(RpcStatus.NotFound, $"the machine list has no machine '{request.Hostname}'", MdbErrorCode.NoSuchMachine);
        if (!MayControl(call, machine))
        {
            throw new RpcException(
                RpcStatus.PermissionDenied,
                $"{call.Caller.User} does not own '{request.Hostname}', and the certificate does not list {call.Method}",
                RpcErrorCode.MethodNotGranted);
        }

        if (request.Remove && !call.Caller.Lists(call.Method))
        {
            throw new RpcException(
                RpcStatus.PermissionDenied, $"leaving a machine out of the list needs a certificate that lists {call.Method}", RpcErrorCode.MethodNotGranted);
        }

        if (Table.Find(request.Hostname) is { } other && other.User != call.Caller.User && !call.Caller.Lists(call.Method))
        {
            throw new RpcException(
                RpcStatus.Conflict, $"'{request.Hostname}' is paused by {other.User} until {other.Until:yyyy-MM-dd HH:mm:ss}Z: {other.Reason}", MdbErrorCode.PausedByOther);
        }

        if (Table.CountOf(call.Caller.User, request.Hostname) >= options.MaximumPausesPerUser || Table.InForce().Count >= MaxPauses)
        {
            throw new RpcException(
                RpcStatus.Conflict, $"{call.Caller.User} pauses {options.MaximumPausesPerUser} machines already (MaximumPausesPerUser); resume one first", MdbErrorCode.TooManyPauses);
        }
    }

    private Machine? Find(string hostname) => publisher.Accepted?.Find(hostname);

    private static bool MayControl(RpcCall call, Machine? machine) =>
        call.Caller.Lists(call.Method) || machine?.IsOwnedBy(call.Caller.User, call.Caller.Groups) == true;

    private static string CheckedReason(string reason)
    {
        reason = reason.Trim();
        return reason.Length is > 0 and <= MaxReason
            ? reason
            : throw new RpcException(RpcStatus.InvalidArgument, $"a reason of 1 to {MaxReason} characters is needed", MdbErrorCode.NoReason);
    }

    private async Task SetAsync(string hostname, MachinePause? pause)
    {
        var before = Table.Set(hostname, pause);
        try
        {
            await state.PauseSaves.SaveAsync();
        }
        catch (IOException fault)
        {
            Table.Set(hostname, before);
            throw new RpcException(RpcStatus.Unavailable, $"the pause cannot be saved, so nothing was changed: {fault.Message}", innerException: fault);
        }

        changed();
    }

    private async Task SaveAsync()
    {
        try
        {
            await state.PauseSaves.SaveAsync();
        }
        catch (IOException fault)
        {
            log.PausesNotSaved(fault.Message);
        }
    }
}
