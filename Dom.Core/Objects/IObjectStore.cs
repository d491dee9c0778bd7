namespace Dom.Core.Objects;

/// <summary>Content by digest: files of a directory, later also a bucket; decorators verify and fail over.</summary>
/// <remarks>
/// Safe for use by several threads. An object is either stored whole or not there at all; what a store returns is not verified
/// unless the store says so. The empty object has no digest and is never stored.
/// </remarks>
public interface IObjectStore
{
    /// <summary>Bytes of a stored object; -1 when it is not stored.</summary>
    ValueTask<long> GetSizeAsync(ObjectId id, CancellationToken cancellationToken);

    /// <summary>Opens an object for reading from an offset on; throws <see cref="ObjectNotFoundException"/>.</summary>
    ValueTask<ObjectReader> OpenReadAsync(ObjectId id, long offset, CancellationToken cancellationToken);

    /// <summary>Stores a small object that is in memory as a whole.</summary>
    /// <returns>False when it was stored before.</returns>
    /// <exception cref="CorruptObjectException">The content does not have this digest.</exception>
    ValueTask<bool> AddAsync(ObjectId id, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Begins to write an object, or goes on with one whose writer was disposed before its end.</summary>
    /// <param name="id">Digest it must have.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="resumeAtMost">Most bytes of an unfinished write to go on with; <see cref="ObjectWriter.Position"/> tells how many it became.</param>
    /// <param name="cancellationToken">Ends the reading of what is there already.</param>
    ValueTask<ObjectWriter> OpenWriteAsync(ObjectId id, long size, long resumeAtMost, CancellationToken cancellationToken);

    /// <summary>Removes an object, above all one found corrupt. False when it was not there.</summary>
    ValueTask<bool> RemoveAsync(ObjectId id, CancellationToken cancellationToken);

    /// <summary>Makes every object committed so far durable. To be called once for a batch, before the batch is acknowledged.</summary>
    Task SyncAsync(CancellationToken cancellationToken);
}
