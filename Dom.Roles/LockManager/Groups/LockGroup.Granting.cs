using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;
using Dom.Core.Rpc;
using Dom.Roles.Pages;

namespace Dom.Roles.LockManager.Groups;

internal sealed partial class LockGroup
{
    private LockResponse Grant(GroupTurn turn, LockAsk ask, TaskCompletionSource<LockResponse>? call)
    {
        if (turn.State.Find(ask.Id) is { } held)
        {
            return Again(held, ask, turn.State);
        }

        int before;
        lock (_lock)
        {
            before = _queue.Enter(ask, turn.State, turn.Now, turn.Timestamp);
            if (call is not null && _queue.Find(ask.Id) is { } place && !place.Calls.Contains(call))
            {
                place.Calls.Add(call);
            }
        }

        return FindObstacle(turn.State, turn.Now, turn.Timestamp, turn.LastGrant) is { } obstacle
            ? throw new RpcException(RpcStatus.Conflict, $"{obstacle.Message}; place {before + 1} in the queue", obstacle.Kind)
            : before < turn.State.Available
                ? GrantNow(turn, ask)
                : throw new RpcException(RpcStatus.Conflict, Full(turn.State, before), LockErrorCode.LockHeld);
    }

    private static LockResponse Again(LockHolder held, LockAsk ask, GroupState state)
    {
        if (held.User.Length > 0 && held.User != ask.User)
        {
            throw new RpcException(RpcStatus.Conflict, $"'{ask.Id}' is held by {held.User}{Since(held)}, and {ask.User} asks for it", LockErrorCode.HeldByOther);
        }

        return ask.Strict
            ? throw new RpcException(RpcStatus.Conflict, state.Available <= 0 ? "semaphore is at 0" : "holder exists", LockErrorCode.Exists)
            : new LockResponse { Grant = held.Grant, AlreadyHeld = true, Available = state.Available };
    }

    private LockResponse GrantNow(GroupTurn turn, LockAsk ask)
    {
        var expected = ask.Expected ?? (_options.Expected > TimeSpan.Zero ? _options.Expected : null);
        var holder = new LockHolder
        {
            Id = ask.Id,
            Since = turn.Now,
            User = ask.User,
            Reason = ask.Reason,
            Address = ask.Address,
            BootId = ask.BootId,
            Expected = expected,
        };
        if (turn.State.TryLock(holder, out var next) != LockOutcome.Granted)
        {
            throw new InvalidOperationException($"group {Name} has {turn.State.Available} free slots and grants none");
        }

        turn.State = next;
        turn.LastGrant = turn.Timestamp;
        var number = _store.KeepsDetails ? next.Grants : 0;
        turn.Tell("granted", ask.Id, ask.User, ask.Address, ask.Reason, number);
        return new LockResponse { Grant = number, Available = next.Available };
    }

    /// <summary>A free slot goes to those who wait on a connection, in their order, in the very turn that frees it.</summary>
    private void GrantToConnected(GroupTurn turn)
    {
        lock (_lock)
        {
            foreach (var place in _queue.Connected)
            {
                if (turn.State.Find(place.Ask.Id) is null
                    && _queue.Before(place, turn.State) < turn.State.Available
                    && FindObstacle(turn.State, turn.Now, turn.Timestamp, turn.LastGrant) is null)
                {
                    GrantNow(turn, place.Ask);
                }
            }
        }
    }

    /// <summary>The turn is durable: tells those who wait, and counts.</summary>
    private void Settled(GroupState before, GroupState after)
    {
        IReadOnlyList<QueuePlace> served;
        lock (_lock)
        {
            served = _queue.TakeHolders(after);
        }

        foreach (var place in served)
        {
            var holder = after.Find(place.Ask.Id);
            place.Calls.ForEach(call => call.TrySetResult(new LockResponse { Grant = _store.KeepsDetails ? holder?.Grant ?? 0 : 0, Available = after.Available }));
        }

        if (ReferenceEquals(before, after))
        {
            return;
        }

        for (var i = before.Grants; i < after.Grants; i++)
        {
            _counters.CountGrant(Name);
        }

        foreach (var gone in before.Holders.Where(h => after.Find(h.Id) is null && h.Since is not null))
        {
            _counters.CountHold(Name, _clock.GetUtcNow() - gone.Since is { } held && held > TimeSpan.Zero ? held : TimeSpan.Zero);
        }
    }

    private GroupObstacle? FindObstacle(GroupState state, DateTimeOffset now, long timestamp, long? lastGrant)
    {
        if (state.Freeze is { } freeze && !(freeze.Until <= now))
        {
            return new(LockErrorCode.Frozen, $"group {Name} is frozen by {freeze.User}{(freeze.Until is { } until ? $" until {Amounts.Moment(until)}" : "")}: {freeze.Reason}");
        }

        if (_options.Window.Count > 0 && !_options.Window.Any(w => w.IsOpen(now)))
        {
            return new(LockErrorCode.WindowClosed, $"no window of group {Name} is open; the next one opens {Amounts.Moment(_options.Window.Min(w => w.NextOpening(now)))}");
        }

        return lastGrant is { } last && _options.Pause > TimeSpan.Zero && _clock.GetElapsedTime(last, timestamp) is var passed && passed < _options.Pause
            ? new(LockErrorCode.Pause, $"group {Name} pauses between two grants for another {Amounts.Duration(_options.Pause - passed)}")
            : null;
    }

    private string Full(GroupState state, int before) => state.Available > 0
        ? $"a free slot of group {Name} is kept for those who asked first; place {before + 1} in the queue"
        : state.Max <= 0 ? $"group {Name} is closed (max {state.Max}); place {before + 1} in the queue"
        : $"all {state.Max} slots of group {Name} are held, by {string.Join(", ", state.Holders.Take(3).Select(static h => h.Id))}{(state.Holders.Length > 3 ? ", …" : "")}"
            + (state.Available < 0 ? $" ({-state.Available} more than may)" : "")
            + $"; place {before + 1} in the queue";

    private static string Since(LockHolder holder) => holder.Since is { } since ? $" since {Amounts.Moment(since)}" : "";
}
