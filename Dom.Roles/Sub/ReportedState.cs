using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Roles.Sub;

/// <summary>What polls report, with its number (rule 16): the number counts changes of what a master acts on, not of times and sizes it only shows.</summary>
internal sealed class ReportedState
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = NewSignal();
    private byte[] _key;

    /// <summary>The state of a process that has just started.</summary>
    public ReportedState(PollResponse first)
    {
        Current = first with { Generation = 1 };
        _key = KeyOf(Current);
    }

    /// <summary>The state now.</summary>
    public PollResponse Current { get; private set; }

    /// <summary>How often the phase has changed: a direction that began and ended between two polls counts too.</summary>
    public long PhaseChanges { get; private set; }

    /// <summary>Changes the state; those who wait for a change are told if it is one.</summary>
    public void Change(Func<PollResponse, PollResponse> change)
    {
        TaskCompletionSource? changed = null;
        lock (_lock)
        {
            var state = change(Current);
            var key = KeyOf(state);
            if (!key.AsSpan().SequenceEqual(_key))
            {
                _key = key;
                state = state with { Generation = Current.Generation + 1 };
                PhaseChanges += state.Phase == Current.Phase ? 0 : 1;
                (changed, _next) = (_next, NewSignal());
            }

            Current = state;
        }

        changed?.SetResult();
    }

    /// <summary>Completes when the state is another one than that of this number.</summary>
    public Task WhenNot(ulong generation)
    {
        lock (_lock)
        {
            return Current.Generation == generation ? _next.Task : Task.CompletedTask;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static byte[] KeyOf(PollResponse state) => MessagePackSerializer.Serialize(state with
    {
        Generation = 0,
        Time = default,
        ScanCount = 0,
        LastScan = default,
        Inodes = 0,
        HotFiles = 0,
        FreeBytes = 0,
    });
}
