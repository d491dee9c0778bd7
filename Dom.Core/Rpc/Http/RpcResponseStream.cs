namespace Dom.Core.Rpc.Http;

/// <summary>The body of a response; a broken connection, or one that stands still too long, becomes an <see cref="RpcException"/>.</summary>
internal sealed class RpcResponseStream : Stream
{
    private readonly Stream _inner;
    private readonly RpcMethod _method;
    private readonly RpcEndpoint _server;
    private readonly TimeSpan _idleTime;
    private readonly CancellationToken _closed;
    private readonly CancellationTokenSource _ended;

    /// <summary>Wraps a response.</summary>
    /// <param name="inner">The body.</param>
    /// <param name="method">The method, for messages.</param>
    /// <param name="server">The server, for messages.</param>
    /// <param name="idleTime">Longest time without a byte; infinite for none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="closed">Cancelled when the client is closed.</param>
    public RpcResponseStream(Stream inner, RpcMethod method, RpcEndpoint server, TimeSpan idleTime, TimeProvider time, CancellationToken closed)
    {
        _inner = inner;
        _method = method;
        _server = server;
        _idleTime = idleTime;
        _closed = closed;
        _ended = new CancellationTokenSource(idleTime, time);
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
            _ended.CancelAfter(_idleTime);
            using var caller = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _ended);
            using var client = _closed.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _ended);
            return await _inner.ReadAsync(buffer, _ended.Token);
        }
        catch (OperationCanceledException e) when (_closed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(
                RpcStatus.Unavailable, $"{_method}: the client of {_server} was closed while the response was read", RpcErrorCode.Unreachable, retryable: false, e);
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
            _ended.Dispose();
        }

        base.Dispose(disposing);
    }
}
