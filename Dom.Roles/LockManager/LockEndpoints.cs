using System.Runtime.CompilerServices;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;
using Dom.Core.Rpc;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.LockManager.Events;
using Dom.Roles.LockManager.Groups;

namespace Dom.Roles.LockManager;

/// <summary>The methods of <c>LockManager</c>.</summary>
internal sealed class LockEndpoints(LockManagerService service, TimeProvider clock)
{
    /// <summary>How often a reader hears of the server when nothing happens.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private const int MaxReason = 500;
    private const int MaxLimit = 10_000;
    private const int MaxWatchers = 256;

    private readonly Seats _seats = new(MaxWatchers, "readers that follow the events", LockErrorCode.TooMany);

    /// <summary>Maps the methods.</summary>
    public void MapTo(RpcRouter router)
    {
        router.Map(LockManagerMethods.Lock, (request, call, cancellationToken) => LockAsync(request, call, cancellationToken));
        router.Map(LockManagerMethods.Unlock, (request, call, _) => UnlockAsync(request, call));
        router.Map(LockManagerMethods.ForceUnlock, (request, call, _) => ForceUnlockAsync(request, call));
        router.Map(LockManagerMethods.GetStatus, (request, _, _) => new(GetStatus(request.Group)));
        router.Map(LockManagerMethods.List, (_, _, _) => new(new LockGroupList { Groups = [.. service.Groups.Select(static g => g.Name)] }));
        router.Map(LockManagerMethods.SetMax, (request, call, _) => SetMaxAsync(request, call));
        router.Map(LockManagerMethods.Freeze, (request, call, _) => FreezeAsync(request, call));
        router.Map(LockManagerMethods.GetLog, (request, _, _) => new(new LockEvents { Events = service.Events.Read(Checked(request)) }));
        router.MapServerStream(LockManagerMethods.Watch, (request, call, cancellationToken) => WatchAsync(Checked(request), call.Caller, cancellationToken));
    }

    /// <summary>The state for people and programs.</summary>
    /// <exception cref="RpcException">There is no such group.</exception>
    public LockStatus GetStatus(string group = "") => new()
    {
        Groups = [.. (group.Length > 0 ? [service.Find(group)] : service.Groups).Select(static g => g.Describe())],
        Store = service.Store.Description,
        Watchers = service.Events.Watchers,
        StartTime = service.StartTime,
        Version = BuildVersion.Text,
    };

    private async ValueTask<LockResponse> LockAsync(LockRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        call.SetAudit(Target(request.Group, request.Id), request.Reason);
        if (request.Wait < TimeSpan.Zero || request.Wait > LockManagerMethods.LongestWait)
        {
            throw Bad($"a call waits for up to {DurationText.Format(LockManagerMethods.LongestWait)}");
        }

        if (request.Expected < TimeSpan.Zero || request.Expected > TimeSpan.FromDays(365))
        {
            throw Bad("the expected time is between 0 and 365d");
        }

        if (request.BootId.Length > 64)
        {
            throw Bad("a boot id has at most 64 characters");
        }

        var ask = new LockAsk(
            CheckedId(request.Id),
            call.Caller.User,
            call.RemoteAddress?.ToString() ?? "",
            CheckedReason(request.Reason, isNeeded: false),
            request.BootId,
            request.Expected > TimeSpan.Zero ? request.Expected : null,
            request.Strict);
        return await service.Find(request.Group).LockAsync(ask, request.Wait, cancellationToken);
    }

    private async ValueTask<UnlockResponse> UnlockAsync(UnlockRequest request, RpcCall call)
    {
        call.SetAudit(Target(request.Group, request.Id), request.Reason);
        return await service.Find(request.Group).UnlockAsync(CheckedId(request.Id), call.Caller.User, AddressOf(call), CheckedReason(request.Reason, isNeeded: false), request.Strict);
    }

    private async ValueTask<UnlockResponse> ForceUnlockAsync(ForceUnlockRequest request, RpcCall call)
    {
        call.SetAudit(Target(request.Group, request.Id), request.Reason);
        return await service.Find(request.Group).ForceUnlockAsync(CheckedId(request.Id), call.Caller.User, AddressOf(call), CheckedReason(request.Reason, isNeeded: true));
    }

    private async ValueTask<SetMaxResponse> SetMaxAsync(SetMaxRequest request, RpcCall call)
    {
        call.SetAudit(Target(request.Group, request.Max), request.Reason);
        CountOrPercent limit;
        try
        {
            limit = CountOrPercent.Parse(request.Max);
        }
        catch (FormatException)
        {
            throw Bad($"'{request.Max}' is no limit: give a whole number from 0, or a percentage such as 30%");
        }

        return limit.Of(100) is >= 0 and <= MaxLimit && !(limit.IsPercent && limit.Of(int.MaxValue) <= 0)
            ? await service.Find(request.Group).SetMaxAsync(limit, call.Caller.User, AddressOf(call), CheckedReason(request.Reason, isNeeded: false))
            : throw Bad($"a limit is a number from 0 to {MaxLimit}, or a percentage above 0");
    }

    private async ValueTask<LockGroupStatus> FreezeAsync(LockFreezeRequest request, RpcCall call)
    {
        call.SetAudit(Target(request.Group, request.Thaw ? "thaw" : "freeze"), request.Reason);
        if (request.Duration < TimeSpan.Zero || request.Duration > TimeSpan.FromDays(365))
        {
            throw Bad("a freeze lasts at most 365d; 0 is until somebody ends it");
        }

        var group = service.Find(request.Group);
        var reason = CheckedReason(request.Reason, isNeeded: !request.Thaw);
        var freeze = request.Thaw ? null : new LockFreeze
        {
            User = call.Caller.User,
            Reason = reason,
            Until = request.Duration > TimeSpan.Zero ? clock.GetUtcNow() + request.Duration : null,
        };
        await group.FreezeAsync(freeze, call.Caller.User, AddressOf(call), reason);
        return group.Describe();
    }

    private async IAsyncEnumerable<LockEvents> WatchAsync(
        LockLogRequest request, RpcCaller caller, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var seat = _seats.Take(caller);
        var channel = service.Events.Follow();
        try
        {
            if (request.Since is not null || request.Limit > 0)
            {
                yield return new LockEvents { Events = service.Events.Read(request) };
            }

            while (true)
            {
                var waiting = channel.Reader.WaitToReadAsync(cancellationToken).AsTask();
                using var heartbeat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                if (await Task.WhenAny(waiting, Task.Delay(Heartbeat, clock, heartbeat.Token)) != waiting)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return new LockEvents();
                }

                await heartbeat.CancelAsync();
                if (!await waiting)
                {
                    throw new RpcException(RpcStatus.ResourceExhausted, "this reader is slower than what happens; read the log instead", LockErrorCode.TooMany);
                }

                var events = new List<LockEvent>();
                while (events.Count < 500 && channel.Reader.TryRead(out var entry))
                {
                    events.Add(entry);
                }

                var wanted = events.Where(e => EventLog.Matches(e, request)).ToList();
                if (wanted.Count > 0)
                {
                    yield return new LockEvents { Events = wanted };
                }
            }
        }
        finally
        {
            service.Events.Unfollow(channel);
        }
    }

    private LockLogRequest Checked(LockLogRequest request)
    {
        if (request.Group.Length > 0)
        {
            service.Find(request.Group);
        }

        return request.Limit is >= 0 and <= EventLog.Kept ? request : throw Bad($"at most {EventLog.Kept} events are kept at hand");
    }

    private static string CheckedId(string id) => LockName.FindIdFault(id) is { } fault ? throw Bad(fault) : id;

    private static string CheckedReason(string reason, bool isNeeded)
    {
        reason = reason.Trim();
        if (isNeeded && reason.Length == 0)
        {
            throw new RpcException(RpcStatus.InvalidArgument, "a reason is needed", LockErrorCode.NoReason);
        }

        return reason.Length <= MaxReason ? reason : throw Bad($"a reason has at most {MaxReason} characters");
    }

    private static string Target(string group, string what) => $"{(group.Length > 0 ? group : LockName.DefaultGroup)}/{what}";

    private static string AddressOf(RpcCall call) => call.RemoteAddress?.ToString() ?? "";

    private static RpcException Bad(string why) => new(RpcStatus.InvalidArgument, why, LockErrorCode.BadRequest);
}
