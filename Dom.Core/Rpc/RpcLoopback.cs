using System.IO.Pipelines;

namespace Dom.Core.Rpc;

/// <summary>A channel to a router in the same process, with a caller of choice. Messages are encoded and decoded for real.</summary>
public sealed class RpcLoopback(RpcRouter router, RpcCaller caller, TimeProvider? time = null) : RpcChannel(time ?? TimeProvider.System)
{
    private readonly CancellationTokenSource _closed = new();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync() => await _closed.CancelAsync();

    /// <inheritdoc/>
    protected override async Task<RpcReply> SendAsync(RpcMethod method, RpcRequestBody body, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var exchange = new Exchange(timeout == Timeout.InfiniteTimeSpan ? null : timeout);
        var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        var sending = WriteRequestAsync(body, exchange, gone.Token);
        var serving = ServeAsync(method, exchange, gone.Token);
        var reply = new Reply(exchange, gone, Task.WhenAll(sending, serving));
        try
        {
            reply.Error = await exchange.Head.WaitAsync(gone.Token);
            return reply;
        }
        catch (OperationCanceledException)
        {
            await reply.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw new RpcException(RpcStatus.Unavailable, "the loopback channel is closed", RpcErrorCode.Unreachable);
        }
    }

    private static async Task WriteRequestAsync(RpcRequestBody body, Exchange exchange, CancellationToken cancellationToken)
    {
        try
        {
            await body.WriteToAsync(exchange.Request.Writer, cancellationToken);
            await exchange.Request.Writer.CompleteAsync();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            await exchange.Request.Writer.CompleteAsync(new IOException("the caller's requests ended with an error", e));
        }
    }

    private async Task ServeAsync(RpcMethod method, Exchange exchange, CancellationToken cancellationToken)
    {
        await router.ServeAsync(new RpcCall(method, caller, remoteAddress: null), exchange, _closed.Token, cancellationToken);
        await exchange.Request.Reader.CompleteAsync();
        await exchange.Response.Writer.CompleteAsync();
        exchange.Start(RpcStatus.Unavailable);
    }

    private sealed class Exchange : RpcExchange
    {
        private readonly TaskCompletionSource<RpcStatus?> _head = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Exchange(TimeSpan? timeout)
        {
            Timeout = timeout;
            RequestBody = Request.Reader.AsStream();
        }

        public Pipe Request { get; } = new();

        public Pipe Response { get; } = new();

        public Task<RpcStatus?> Head => _head.Task;

        public override Stream RequestBody { get; }

        public override PipeWriter ResponseBody => Response.Writer;

        public override RpcException? Translate(Exception fault) => fault is IOException
            ? new RpcException(RpcStatus.InvalidArgument, fault.Message, RpcErrorCode.Truncated, innerException: fault)
            : null;

        protected override void OnStart(RpcStatus? status) => _head.TrySetResult(status);
    }

    private sealed class Reply(Exchange exchange, CancellationTokenSource gone, Task work) : RpcReply
    {
        public override Stream Body { get; } = exchange.Response.Reader.AsStream();

        public override async ValueTask DisposeAsync()
        {
            await gone.CancelAsync();
            await exchange.Response.Reader.CompleteAsync();
            await work;
            gone.Dispose();
        }
    }
}
