namespace Dom.Core.Rpc.Http;

/// <summary>The body of a response; a broken connection, or one that stands still too long, becomes an <see cref="RpcException"/>.</summary>
internal sealed class RpcResponseStream : Stream
{
    private readonly Stream _inner;
    private readonly RpcMethod _method;
    private readonly RpcEndpoint _server;
    private readonly TimeSpan _idleTime;
    private readonly CancellationTokenSource? _idle;

    public RpcResponseStream(Stream inner, RpcMethod method, RpcEndpoint server, TimeSpan idleTime, TimeProvider time)
    {
        _inner = inner;
        _method = method;
        _server = server;
        _idleTime = idleTime;
        _idle = idleTime == Timeout.InfiniteTimeSpan ? null : new CancellationTokenSource(idleTime, time);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            if (_idle is null)
            {
                return await _inner.ReadAsync(buffer, cancellationToken);
            }

            _idle.CancelAfter(_idleTime);
            using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _idle);
            return await _inner.ReadAsync(buffer, _idle.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(
                RpcStatus.Unavailable, $"{_method}: {_server} sent nothing for {_idleTime.TotalSeconds:0} s", RpcErrorCode.TooSlow, innerException: e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new RpcException(
                RpcStatus.Unavailable,
                $"{_method}: the connection to {_server} broke while the response was read ({e.Message})",
                RpcErrorCode.Unreachable,
                innerException: e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _idle?.Dispose();
        }

        base.Dispose(disposing);
    }
}
