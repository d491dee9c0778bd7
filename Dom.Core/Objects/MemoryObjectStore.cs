using System.Collections.Concurrent;

namespace Dom.Core.Objects;

/// <summary>Objects in memory: for the blocks and the manifest of one image that a command looks at.</summary>
/// <remarks>It takes objects up to a size only, so that nothing large lands in memory by mistake.</remarks>
/// <param name="maxObjectBytes">Most bytes of one object.</param>
public sealed class MemoryObjectStore(int maxObjectBytes) : IObjectStore
{
    private readonly ConcurrentDictionary<ObjectId, ReadOnlyMemory<byte>> _objects = new();

    /// <summary>The bytes of an object; false when it is not stored.</summary>
    public bool TryGet(ObjectId id, out ReadOnlyMemory<byte> bytes) => _objects.TryGetValue(id, out bytes);

    /// <inheritdoc/>
    public ValueTask<long> GetSizeAsync(ObjectId id, CancellationToken cancellationToken) =>
        new(_objects.TryGetValue(id, out var bytes) ? bytes.Length : -1);

    /// <inheritdoc/>
    public ValueTask<ObjectReader> OpenReadAsync(ObjectId id, long offset, CancellationToken cancellationToken) =>
        _objects.TryGetValue(id, out var bytes) ? new(new Reader(bytes, (int)offset)) : throw new ObjectNotFoundException(id, "memory");

    /// <inheritdoc/>
    public ValueTask<bool> AddAsync(ObjectId id, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (ObjectId.Of(content.Span) is var actual && (actual != id || id.IsNone))
        {
            throw new CorruptObjectException(id, $"the {content.Length} bytes have the digest {actual}");
        }

        return new(content.Length <= maxObjectBytes
            ? _objects.TryAdd(id, content.ToArray())
            : throw new CorruptObjectException(id, $"it has {content.Length} bytes, at most {maxObjectBytes} are allowed"));
    }

    /// <inheritdoc/>
    public ValueTask<ObjectWriter> OpenWriteAsync(ObjectId id, long size, long resumeAtMost, CancellationToken cancellationToken) =>
        size > 0 && size <= maxObjectBytes
            ? new(new Writer(this, id, new byte[size]))
            : throw new CorruptObjectException(id, $"it has {size} bytes, at most {maxObjectBytes} are allowed");

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(ObjectId id, CancellationToken cancellationToken) => new(_objects.TryRemove(id, out _));

    /// <inheritdoc/>
    public Task SyncAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed class Reader(ReadOnlyMemory<byte> bytes, int offset) : ObjectReader
    {
        private int _offset = offset;

        public override long Size => bytes.Length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var count = Math.Min(buffer.Length, bytes.Length - _offset);
            bytes.Slice(_offset, count).CopyTo(buffer);
            _offset += count;
            return new(count);
        }

        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class Writer(MemoryObjectStore store, ObjectId id, byte[] bytes) : ObjectWriter
    {
        private int _position;

        public override ObjectId Id => id;

        public override long Size => bytes.Length;

        public override long Position => _position;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> part, CancellationToken cancellationToken)
        {
            if (part.Length > bytes.Length - _position)
            {
                throw new CorruptObjectException(id, $"more than its {bytes.Length} bytes were sent");
            }

            part.CopyTo(bytes.AsMemory(_position));
            _position += part.Length;
            return ValueTask.CompletedTask;
        }

        public override ValueTask<bool> CommitAsync(CancellationToken cancellationToken) => _position == bytes.Length
            ? store.AddAsync(id, bytes, cancellationToken)
            : throw new CorruptObjectException(id, $"only {_position} of its {bytes.Length} bytes were sent");

        protected override void Dispose(bool disposing)
        {
        }
    }
}
