using Dom.Core.Locks;

namespace Dom.Tests.Roles.LockManager;

/// <summary>A store in memory that several servers share, with faults: answers that are lost, writes that are lost, and, when asked, no comparison before the write.</summary>
internal sealed class SharedStore(int seed, double faults = 0, bool isBlind = false) : ISemaphoreStore
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, StoredGroup> _groups = [];
    private long _revision;

    /// <summary>True while nothing is answered.</summary>
    public bool IsDown { get; set; }

    public string Description => "memory";

    public bool IsShared => true;

    public bool KeepsDetails => true;

    public async Task<StoredGroup?> ReadAsync(string group, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_lock)
        {
            return IsDown || Fails() ? throw new SemaphoreStoreException("no answer", fateUnknown: false) : _groups.GetValueOrDefault(group);
        }
    }

    public async Task<StoreOutcome> TryReplaceAsync(string group, long revision, GroupState state, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_lock)
        {
            if (IsDown || Fails())
            {
                throw new SemaphoreStoreException("the request was lost", fateUnknown: true);
            }

            var current = _groups.GetValueOrDefault(group);
            if (!isBlind && (current?.Revision ?? 0) != revision)
            {
                return new StoreOutcome(false, current);
            }

            var stored = new StoredGroup(GroupDocument.Read(GroupDocument.Write(state, DocumentForm.Dom), DocumentForm.Dom), ++_revision);
            _groups[group] = stored;
            return Fails() ? throw new SemaphoreStoreException("the answer was lost", fateUnknown: true) : new StoreOutcome(true, stored);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool Fails() => _random.NextDouble() < faults;
}
