namespace Dom.Core.Objects;

/// <summary>Decorates a store: a reader never gets the last bytes of an object whose digest is wrong.</summary>
/// <remarks>Reading from an offset on costs reading what stands before it, since the digest covers the whole.</remarks>
public sealed class VerifyingObjectStore(IObjectStore inner) : IObjectStore
{
    /// <inheritdoc/>
    public ValueTask<long> GetSizeAsync(ObjectId id, CancellationToken cancellationToken) => inner.GetSizeAsync(id, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The reader throws <see cref="CorruptObjectException"/> instead of returning the last bytes of a corrupt object.</remarks>
    public async ValueTask<ObjectReader> OpenReadAsync(ObjectId id, long offset, CancellationToken cancellationToken)
    {
        var reader = new VerifyingObjectReader(await inner.OpenReadAsync(id, 0, cancellationToken), id);
        try
        {
            await reader.SkipAsync(offset, cancellationToken);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> AddAsync(ObjectId id, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.AddAsync(id, content, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ObjectWriter> OpenWriteAsync(ObjectId id, long size, long resumeAtMost, CancellationToken cancellationToken) =>
        inner.OpenWriteAsync(id, size, resumeAtMost, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(ObjectId id, CancellationToken cancellationToken) => inner.RemoveAsync(id, cancellationToken);

    /// <inheritdoc/>
    public Task SyncAsync(CancellationToken cancellationToken) => inner.SyncAsync(cancellationToken);
}
