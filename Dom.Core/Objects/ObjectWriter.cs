namespace Dom.Core.Objects;

/// <summary>Writes one object from front to back, hashing it meanwhile. It is in the store only after <see cref="CommitAsync"/>.</summary>
/// <remarks>Disposed before its commit, a writer leaves a longer beginning behind, so that the next one can go on with it.</remarks>
public abstract class ObjectWriter : IDisposable
{
    /// <summary>The digest the object must have.</summary>
    public abstract ObjectId Id { get; }

    /// <summary>Bytes the object must have.</summary>
    public abstract long Size { get; }

    /// <summary>Bytes written so far; at the start, those an earlier writer left.</summary>
    public abstract long Position { get; }

    /// <summary>Writes the next bytes.</summary>
    /// <exception cref="CorruptObjectException">More bytes than the object has.</exception>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Puts the object into the store; durable after <see cref="IObjectStore.SyncAsync"/>.</summary>
    /// <returns>False when the same object was stored meanwhile.</returns>
    /// <exception cref="CorruptObjectException">Bytes are missing or the digest is another; what was written is discarded.</exception>
    public abstract ValueTask<bool> CommitAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what is open.</summary>
    protected abstract void Dispose(bool disposing);
}
