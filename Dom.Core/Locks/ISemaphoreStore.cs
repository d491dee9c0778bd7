namespace Dom.Core.Locks;

/// <summary>Where the semaphores of groups are kept. A change is made only where the content is still the one its author has read.</summary>
public interface ISemaphoreStore : IAsyncDisposable
{
    /// <summary>What it is, for people: <c>file /var/lib/lock-manager</c>.</summary>
    string Description { get; }

    /// <summary>True when other programs write there too, so that only a read tells what holds now.</summary>
    bool IsShared { get; }

    /// <summary>False when the document holds numbers and names only: no reasons, no freeze, no percentages.</summary>
    bool KeepsDetails { get; }

    /// <summary>A group as it stands now, not as it may have been; null when the store has none of this name.</summary>
    /// <exception cref="SemaphoreStoreException">The store does not answer.</exception>
    /// <exception cref="LockDocumentException">What stands there is no group.</exception>
    Task<StoredGroup?> ReadAsync(string group, CancellationToken cancellationToken);

    /// <summary>Replaces a group if its revision is still this one, and returns when that is durable.</summary>
    /// <param name="group">Its name.</param>
    /// <param name="revision">The revision that was read; 0 when there must be none.</param>
    /// <param name="state">What is to stand there.</param>
    /// <param name="cancellationToken">Ends the waiting; what was begun may be made all the same.</param>
    /// <exception cref="SemaphoreStoreException">The store does not answer, or cannot keep it.</exception>
    Task<StoreOutcome> TryReplaceAsync(string group, long revision, GroupState state, CancellationToken cancellationToken);
}
