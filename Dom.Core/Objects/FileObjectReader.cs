using Dom.Core.Linux;

namespace Dom.Core.Objects;

/// <summary>Reads the file of an object.</summary>
internal sealed class FileObjectReader(FileHandle file, long size, long offset) : ObjectReader
{
    private long _offset = offset;

    /// <inheritdoc/>
    public override long Size => size;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var error = file.TryReadAt(_offset, buffer.Span, out var count);
        if (error != Errno.None)
        {
            throw new LinuxException(error, "read", file.DescribePath());
        }

        _offset += count;
        return new(count);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => file.Dispose();
}
