using Dom.Core.Linux;

namespace Dom.Core.Objects.Packs;

/// <summary>Reads an object out of a pack. Ends one use of the file when disposed.</summary>
internal sealed class PackObjectReader(SharedFile pack, PackEntry entry, long offset) : ObjectReader
{
    private long _offset = offset;
    private bool _disposed;

    /// <inheritdoc/>
    public override long Size => entry.Size;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        var want = (int)Math.Min(buffer.Length, entry.Size - _offset);
        if (want <= 0)
        {
            return new(0);
        }

        var error = pack.File.TryReadAt(entry.Offset + _offset, buffer.Span[..want], out var count);
        if (error != Errno.None)
        {
            throw new LinuxException(error, $"read {entry.Id} in", pack.File.DescribePath());
        }

        _offset += count;
        return new(count);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            pack.Leave();
        }
    }
}
