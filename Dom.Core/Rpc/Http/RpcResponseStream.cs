namespace Dom.Core.Rpc.Http;

/// <summary>The body of a response; a broken connection, or one that stands still or trickles too long, becomes an <see cref="RpcException"/>.</summary>
/// <remarks>Only the time counts in which somebody waits for bytes: a reader that pauses, to keep to a limit of its own, is no fault of the server.</remarks>
internal sealed class RpcResponseStream : Stream
{
    /// <summary>A transfer that brings less than this in a second of waiting, over a whole idle time, is given up.</summary>
    public const int MinBytesPerSecond = 1024;

    private readonly Stream _inner;
    private readonly RpcMethod _method;
    private readonly RpcEndpoint _server;
    private readonly TimeSpan _idleTime;
    private readonly CancellationToken _closed;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended;
    private TimeSpan _waited;
    private long _received;

    /// <summary>Wraps a response.</summary>
    /// <param name="inner">The body.</param>
    /// <param name="method">The method, for messages.</param>
    /// <param name="server">The server, for messages.</param>
    /// <param name="idleTime">Longest time without a byte, and the window of the least speed; infinite for neither.</param>
    /// <param name="time">The clock.</param>
    /// <param name="closed">Cancelled when the client is closed.</param>
    public RpcResponseStream(Stream inner, RpcMethod method, RpcEndpoint server, TimeSpan idleTime, TimeProvider time, CancellationToken closed)
    {
        _inner = inner;
        _method = method;
        _server = server;
        _idleTime = idleTime;
        _closed = closed;
        _time = time;
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
            var began = _time.GetTimestamp();
            var read = await _inner.ReadAsync(buffer, _ended.Token);
            _ended.CancelAfter(Timeout.InfiniteTimeSpan);
            CountSpeed(read, _time.GetElapsedTime(began));
            return read;
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

    private void CountSpeed(int read, TimeSpan waited)
    {
        if (_idleTime == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        _received += read;
        _waited += waited;
        if (_waited < _idleTime)
        {
            return;
        }

        if (read > 0 && _received < _waited.TotalSeconds * MinBytesPerSecond)
        {
            throw new RpcException(
                RpcStatus.Unavailable,
                $"{_method}: {_server} sent {_received} bytes in {_waited.TotalSeconds:0} s, less than {MinBytesPerSecond} a second",
                RpcErrorCode.TooSlow);
        }

        (_waited, _received) = (TimeSpan.Zero, 0);
    }

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
