using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;
using Dom.Core.Rpc;
using Dom.Roles.LockManager.Events;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.LockManager.Groups;

/// <summary>
/// The only writer of a group in this process. Operations that come while a write is under way share the next one. A write that loses against another server's is
/// done anew on what stands there then; one whose fate is unknown is settled by reading before anybody is answered.
/// </summary>
internal sealed class GroupTurns(string group, GroupState initial, ISemaphoreStore store, EventLog events, LockCounters counters, TimeProvider clock, ILogger log)
{
    private const int MaxAttempts = 30;
    private const int MaxWaiting = 20_000;

    private readonly Lock _lock = new();
    private List<IGroupOperation> _waiting = [];
    private bool _isRunning;
    private StoredGroup? _current;
    private bool _isKnown;
    private long? _lastGrant;

    /// <summary>The state as it was read or written last.</summary>
    public GroupState State => Volatile.Read(ref _current)?.State ?? initial;

    /// <summary>When that was.</summary>
    public DateTimeOffset? ReadAt { get; private set; }

    /// <summary>Why it is not known to be the state of now; empty when it is.</summary>
    public string Error { get; private set; } = "";

    /// <summary>When something was granted last, by the monotonic clock.</summary>
    public long? LastGrant => _lastGrant;

    /// <summary>Called on each turn behind the operations, for those who wait on a connection.</summary>
    public Action<GroupTurn> Behind { get; init; } = static _ => { };

    /// <summary>Called when a turn is durable and the answers are to be given.</summary>
    public Action<GroupState, GroupState> Settled { get; init; } = static (_, _) => { };

    /// <summary>After a start nobody knows when the last grant was: the pause begins anew.</summary>
    public void BeginPause() => _lastGrant = clock.GetTimestamp();

    /// <summary>Does something with the state; completes when what it says is durable.</summary>
    public Task<T> DoAsync<T>(Func<GroupTurn, T> apply)
    {
        var operation = new GroupOperation<T>(apply);
        lock (_lock)
        {
            if (_waiting.Count >= MaxWaiting)
            {
                throw new RpcException(RpcStatus.ResourceExhausted, $"{MaxWaiting} calls wait for the store", LockErrorCode.TooMany);
            }

            _waiting.Add(operation);
            if (_isRunning)
            {
                return operation.Answer;
            }

            _isRunning = true;
        }

        // The first does the turn on its own way: no other thread has to wake up for it.
        _ = RunAsync();
        return operation.Answer;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            var batch = TakeBatch();
            try
            {
                await TakeTurnAsync(batch);
            }
            catch (Exception fault)
            {
                Fail(batch, fault);
            }

            if (EndIfIdle())
            {
                return;
            }

            // Whoever began is not kept for the others.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
    }

    private List<IGroupOperation> TakeBatch()
    {
        lock (_lock)
        {
            var batch = _waiting;
            _waiting = [];
            return batch;
        }
    }

    private bool EndIfIdle()
    {
        lock (_lock)
        {
            _isRunning = _waiting.Count > 0;
            return !_isRunning;
        }
    }

    private async Task TakeTurnAsync(List<IGroupOperation> batch)
    {
        var isRecorded = false;
        for (var attempt = 1; ; attempt++)
        {
            if (store.IsShared || !_isKnown)
            {
                Know(await store.ReadAsync(group, CancellationToken.None));
            }

            var before = _current;
            var turn = new GroupTurn(group, before?.State ?? initial, clock.GetUtcNow(), clock.GetTimestamp(), _lastGrant);
            foreach (var operation in batch)
            {
                operation.Apply(turn);
            }

            Behind(turn);
            if (before is not null && ReferenceEquals(turn.State, before.State))
            {
                Settle(batch, turn, before.State, isRecorded);
                return;
            }

            if (turn.RecordsFirst && !isRecorded)
            {
                events.Add(turn.Events, durable: true);
                isRecorded = true;
            }

            if (await TryWriteAsync(before, turn, attempt) is { } written)
            {
                Know(written);
                Settle(batch, turn, before?.State ?? initial, isRecorded);
                return;
            }

            if (attempt == MaxAttempts)
            {
                throw new SemaphoreStoreException($"{MaxAttempts} writes in a row lost against other servers", fateUnknown: false);
            }

            if (attempt > 3)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 20 * attempt)), clock);
            }
        }
    }

    /// <summary>What stands in the store when the write was made; null when it was not, or when only reading can tell.</summary>
    private async Task<StoredGroup?> TryWriteAsync(StoredGroup? before, GroupTurn turn, int attempt)
    {
        StoreOutcome outcome;
        try
        {
            outcome = await store.TryReplaceAsync(group, before?.Revision ?? 0, turn.State, CancellationToken.None);
        }
        catch (SemaphoreStoreException fault) when (fault.FateUnknown && attempt == 1)
        {
            // Everything here may be done twice: who is in already stays in, and is told so.
            _isKnown = false;
            counters.CountStoreError();
            log.StoreFailed(group, fault.Message);
            return null;
        }

        if (outcome.Stored)
        {
            return outcome.Current;
        }

        Know(outcome.Current);
        return null;
    }

    private void Know(StoredGroup? stored)
    {
        Volatile.Write(ref _current, stored);
        _isKnown = true;
        ReadAt = clock.GetUtcNow();
        if (Error.Length > 0)
        {
            log.StoreRecovered(group);
            Error = "";
        }
    }

    private void Settle(List<IGroupOperation> batch, GroupTurn turn, GroupState before, bool isRecorded)
    {
        _lastGrant = turn.LastGrant;
        if (!isRecorded && turn.Events.Count > 0)
        {
            events.Add(turn.Events, durable: false);
        }

        Settled(before, turn.State);
        foreach (var operation in batch)
        {
            operation.Complete();
        }
    }

    private void Fail(List<IGroupOperation> batch, Exception fault)
    {
        _isKnown = false;
        counters.CountStoreError();
        if (fault is SemaphoreStoreException or LockDocumentException or IOException)
        {
            if (Error.Length == 0)
            {
                log.StoreFailed(group, fault.Message);
            }

            Error = fault.Message;
            fault = new RpcException(RpcStatus.Unavailable, $"group {group}: {fault.Message}", LockErrorCode.StoreUnavailable, retryable: false, fault);
        }
        else
        {
            log.TurnFailed(fault, group);
        }

        batch.ForEach(operation => operation.Fail(fault));
    }
}
