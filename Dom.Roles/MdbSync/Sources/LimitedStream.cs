using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>Reads another stream up to a number of bytes; more is a fault.</summary>
internal sealed class LimitedStream(Stream inner, long maxBytes) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken));

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>The fault of something too large.</summary>
    public static MachineListException TooLarge(long maxBytes) =>
        new($"it has more than {maxBytes} bytes; MaxSourceBytes= in [MdbSync] raises the limit");

    private int Count(int count)
    {
        _read += count;
        return _read <= maxBytes ? count : throw TooLarge(maxBytes);
    }
}
