using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.LockManager.Events;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.LockManager.Groups;

/// <summary>One group: who gets a slot and when. The state is the store's; the queue and all deadlines are this process's, by its monotonic clock.</summary>
internal sealed partial class LockGroup
{
    private static readonly TimeSpan AskBootIds = TimeSpan.FromSeconds(30);

    private readonly LockGroupOptions _options;
    private readonly ISemaphoreStore _store;
    private readonly Func<int?> _machines;
    private readonly LockCounters _counters;
    private readonly TimeProvider _clock;
    private readonly GroupTurns _turns;
    private readonly WaitingQueue _queue;
    private readonly HoldDeadlines _deadlines;
    private readonly Lock _lock = new();
    private bool _isOpen;
    private long? _askedBootIds;

    /// <summary>Makes the group; nothing is read yet.</summary>
    public LockGroup(
        string name, LockGroupOptions options, ISemaphoreStore store, EventLog events, Func<int?> machines, LockCounters counters, TimeProvider clock, ILogger log)
    {
        Name = name;
        _options = options;
        _store = store;
        _machines = machines;
        _counters = counters;
        _clock = clock;
        _queue = new WaitingQueue(options.KeepPlace, clock);
        _deadlines = new HoldDeadlines(name, events, clock, log);
        _turns = new GroupTurns(name, GroupState.Fresh(options.Max.Of(machines() ?? 0, atLeast: options.Max.IsPercent ? 1 : 0)), store, events, counters, clock, log)
        {
            Behind = GrantToConnected,
            Settled = Settled,
        };
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The state as it was read or written last.</summary>
    public GroupState State => _turns.State;

    /// <summary>How many wait for a slot.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Reads the group, makes it when it is not there, and applies the limit of the configuration when that is another than last time.</summary>
    /// <exception cref="RpcException">The store does not answer; <see cref="LookAsync"/> tries again.</exception>
    public async Task OpenAsync()
    {
        _turns.BeginPause();
        await _turns.DoAsync(Open);
        _isOpen = true;
    }

    /// <summary>Takes a slot, or waits for one.</summary>
    /// <exception cref="RpcException">None is to be had: the code and the message say why.</exception>
    public async Task<LockResponse> LockAsync(LockAsk ask, TimeSpan wait, CancellationToken cancellationToken)
    {
        TaskCompletionSource<LockResponse>? call = null;
        try
        {
            return await _turns.DoAsync(turn => Grant(turn, ask, wait > TimeSpan.Zero ? call ??= new(TaskCreationOptions.RunContinuationsAsynchronously) : null));
        }
        catch (RpcException refusal) when (call is not null && refusal.Status == RpcStatus.Conflict && refusal.Code != LockErrorCode.HeldByOther)
        {
            using var limit = new CancellationTokenSource(wait, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                return await call.Task.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // It may have been granted at the very end; asking once more tells, and why not.
                EndCall(ask.Id, call);
                return await _turns.DoAsync(turn => Grant(turn, ask, null));
            }
            finally
            {
                EndCall(ask.Id, call);
            }
        }
        catch (RpcException refusal) when (refusal.Status == RpcStatus.Conflict)
        {
            _counters.CountRefusal(Name, refusal.Code);
            throw;
        }
    }

    /// <summary>Gives a slot back, and the place in the queue.</summary>
    /// <exception cref="RpcException">It is another user's.</exception>
    public Task<UnlockResponse> UnlockAsync(string id, string user, string address, string reason, bool strict) => _turns.DoAsync(turn =>
    {
        if (turn.State.Find(id) is not { } holder)
        {
            Leave(id, user);
            return strict
                ? throw new RpcException(RpcStatus.Conflict, "holder does not exist", LockErrorCode.NotHeld)
                : new UnlockResponse { Released = false, Available = turn.State.Available };
        }

        if (holder.User.Length > 0 && holder.User != user)
        {
            throw new RpcException(
                RpcStatus.PermissionDenied,
                $"'{id}' is held by {holder.User}{Since(holder)}; to take it from its holder, use --force with a --reason",
                LockErrorCode.HeldByOther);
        }

        turn.State = turn.State.Unlock(id);
        turn.Tell("released", id, user, address, reason, holder.Grant);
        return new UnlockResponse { Released = true, Available = turn.State.Available };
    });

    /// <summary>Takes a slot from its holder. Who, when and why is on disk before it takes effect.</summary>
    public Task<UnlockResponse> ForceUnlockAsync(string id, string user, string address, string reason) => _turns.DoAsync(turn =>
    {
        if (turn.State.Find(id) is not { } holder)
        {
            Leave(id, user: null);
            return new UnlockResponse { Released = false, Available = turn.State.Available };
        }

        turn.State = turn.State.Unlock(id);
        turn.Tell("forced", id, user, address, reason, holder.Grant, first: true);
        return new UnlockResponse { Released = true, Available = turn.State.Available };
    });

    /// <summary>Sets the limit; it counts at once.</summary>
    /// <exception cref="RpcException">A percentage of machines that nobody knows, or that the store cannot keep.</exception>
    public Task<SetMaxResponse> SetMaxAsync(CountOrPercent limit, string user, string address, string reason)
    {
        RequireKept(limit.IsPercent, "a percentage", "give a number");
        if (limit.IsPercent && _machines() is null)
        {
            throw new RpcException(RpcStatus.Conflict, $"{limit} counts the machines of the machine list, and there is none: set MachineList= in [LockManager], or give a number", LockErrorCode.NotKept);
        }

        return _turns.DoAsync(turn =>
        {
            var before = turn.State;
            turn.State = before.WithLimit(limit.ToString(), NumberOf(limit));
            if (!ReferenceEquals(before, turn.State))
            {
                turn.Tell("limit", user: user, address: address, reason: $"{before.Limit} -> {limit}{(reason.Length > 0 ? ": " + reason : "")}");
            }

            return new SetMaxResponse
            {
                OldMax = before.Max,
                NewMax = turn.State.Max,
                OldLimit = before.Limit,
                NewLimit = turn.State.Limit,
                Over = Math.Max(0, -turn.State.Available),
            };
        });
    }

    /// <summary>Freezes the group, or ends that with null.</summary>
    public Task<bool> FreezeAsync(LockFreeze? freeze, string user, string address, string reason)
    {
        RequireKept(freeze is not null, "a freeze", "`dom lock set-max 0` closes the group as well");
        return _turns.DoAsync(turn =>
        {
            if (freeze is null && turn.State.Freeze is null)
            {
                return false;
            }

            turn.State = turn.State with { Freeze = freeze is null ? null : freeze with { Since = turn.Now } };
            turn.Tell(freeze is null ? "thawed" : "frozen", user: user, address: address, reason: reason);
            return true;
        });
    }

    /// <summary>
    /// Frees holders that are overdue and whose machine runs under another boot id than when it asked: it was down and is up again. Time alone, or a machine that
    /// does not answer, frees nobody.
    /// </summary>
    /// <exception cref="RpcException">The store, or who knows the boot ids, does not answer.</exception>
    public async Task FreeRebootedAsync(BootIdReader read, CancellationToken cancellationToken)
    {
        var overdue = State.Holders.Where(h => h.BootId.Length > 0 && _deadlines.IsOverdue(h)).ToList();
        if (overdue.Count == 0 || (_askedBootIds is { } asked && _clock.GetElapsedTime(asked) < AskBootIds))
        {
            return;
        }

        _askedBootIds = _clock.GetTimestamp();
        var now = await read([.. overdue.Select(static h => h.Id)], cancellationToken);
        foreach (var holder in overdue)
        {
            if (now.TryGetValue(holder.Id, out var bootId) && bootId.Length > 0 && bootId != holder.BootId)
            {
                await _turns.DoAsync(turn => Free(turn, holder, bootId));
            }
        }
    }

    /// <summary>Looks after what time alone changes: freezes and deadlines that end, percentages, those who wait on a connection. Called every second.</summary>
    public async Task LookAsync()
    {
        _deadlines.Look(State);
        if (NeedsTurn())
        {
            await _turns.DoAsync(turn =>
            {
                if (!_isOpen)
                {
                    Open(turn);
                }

                if (turn.State.Freeze is { Until: { } until } && until <= turn.Now)
                {
                    turn.State = turn.State with { Freeze = null };
                    turn.Tell("thawed", reason: "its time was over");
                }

                if (PercentNow(turn.State) is { } max && max != turn.State.Max)
                {
                    turn.Tell("limit", reason: $"{turn.State.Limit} of the machines are {max} now, they were {turn.State.Max}");
                    turn.State = turn.State with { Max = max };
                }

                return true;
            });
            _isOpen = true;
        }
    }

    private bool Open(GroupTurn turn)
    {
        if (turn.State.LastGrantAt is null && turn.State.Holders.IsEmpty)
        {
            turn.LastGrant = null;
        }

        var configured = _options.Max.ToString();
        if (turn.State.Configured != configured && _store.KeepsDetails)
        {
            var before = turn.State.Limit;
            turn.State = turn.State.WithLimit(configured, NumberOf(_options.Max)) with { Configured = configured };
            if (before != configured)
            {
                turn.Tell("limit", reason: $"the configuration says {configured}, it was {before}");
            }
        }

        return true;
    }

    private static bool Free(GroupTurn turn, LockHolder holder, string bootId)
    {
        if (turn.State.Find(holder.Id) is not { } current || current.Grant != holder.Grant)
        {
            return false;
        }

        turn.State = turn.State.Unlock(holder.Id);
        turn.Tell("freed", holder.Id, holder.User, reason: $"it was overdue, and the machine is up again under boot id {bootId}", grant: holder.Grant, first: true);
        return true;
    }

    private void Leave(string id, string? user)
    {
        lock (_lock)
        {
            _queue.Leave(id, user);
        }
    }

    private void EndCall(string id, TaskCompletionSource<LockResponse> call)
    {
        lock (_lock)
        {
            _queue.Find(id)?.Calls.Remove(call);
        }
    }

    private bool NeedsTurn()
    {
        var state = State;
        lock (_lock)
        {
            return !_isOpen || _store.IsShared || _turns.Error.Length > 0 || state.Freeze?.Until <= _clock.GetUtcNow() || (PercentNow(state) is { } max && max != state.Max) || _queue.Connected.Count > 0;
        }
    }

    private int? PercentNow(GroupState state) =>
        state.Limit.EndsWith('%') && _machines() is not null ? NumberOf(CountOrPercent.Parse(state.Limit)) : null;

    private int NumberOf(CountOrPercent limit) => limit.IsPercent ? limit.Of(_machines() ?? 0, atLeast: 1) : limit.Of(0);

    private void RequireKept(bool isNeeded, string what, string instead)
    {
        if (isNeeded && !_store.KeepsDetails)
        {
            throw new RpcException(RpcStatus.Conflict, $"{_store.Description} keeps numbers and names only, not {what}; {instead}", LockErrorCode.NotKept);
        }
    }
}
