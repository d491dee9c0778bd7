using System.Runtime.CompilerServices;
using Dom.Core.Rpc.Framing;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Rpc;

/// <summary>Runs one handler in the shape of its method.</summary>
internal sealed class RpcRoute<TRequest, TResponse> : RpcRoute
    where TRequest : IMessagePackSerializable<TRequest>
    where TResponse : IMessagePackSerializable<TResponse>
{
    private const int FlushBytes = 64 * 1024;

    private readonly RpcMethod<TRequest, TResponse> _method;
    private readonly string _requestName;

    public RpcRoute(RpcMethod<TRequest, TResponse> method, RpcShape shape)
    {
        if (method.Shape != shape)
        {
            throw new ArgumentException($"{method} is {method.Shape}, so it cannot be mapped to a handler of shape {shape}", nameof(method));
        }

        _method = method;
        _requestName = $"a request of {method}";
    }

    public override RpcMethod Method => _method;

    public Func<TRequest, RpcCall, CancellationToken, ValueTask<TResponse>>? Unary { get; init; }

    public Func<TRequest, RpcCall, CancellationToken, IAsyncEnumerable<TResponse>>? ServerStream { get; init; }

    public Func<IAsyncEnumerable<TRequest>, RpcCall, CancellationToken, ValueTask<TResponse>>? ClientStream { get; init; }

    public Func<IAsyncEnumerable<TRequest>, RpcCall, CancellationToken, IAsyncEnumerable<TResponse>>? Duplex { get; init; }

    public override async Task RunAsync(RpcCall call, RpcExchange exchange, CancellationToken cancellationToken)
    {
        if (!_method.HasSingleRequest)
        {
            var requests = ReadRequestsAsync(exchange, cancellationToken);
            await (ClientStream is not null
                ? AnswerAsync(exchange, await ClientStream(requests, call, cancellationToken), cancellationToken)
                : AnswerAsync(exchange, Duplex!(requests, call, cancellationToken), cancellationToken));
            return;
        }

        using var body = await RpcBody.ReadAsync(
            exchange.RequestBody, exchange.RequestLength, _method.Limits.MaxRequestBytes, _requestName, cancellationToken);
        var request = RpcCodec.Read(body.Memory, exchange.RequestEncoding, _method.RequestJson);
        await (Unary is not null
            ? AnswerAsync(exchange, await Unary(request, call, cancellationToken), cancellationToken)
            : AnswerAsync(exchange, ServerStream!(request, call, cancellationToken), cancellationToken));
    }

    private async Task AnswerAsync(RpcExchange exchange, TResponse response, CancellationToken cancellationToken)
    {
        exchange.Start(null);
        RpcCodec.Write(exchange.ResponseBody, response, exchange.ResponseEncoding, _method.ResponseJson);
        await exchange.ResponseBody.FlushAsync(cancellationToken);
    }

    private async Task AnswerAsync(RpcExchange exchange, IAsyncEnumerable<TResponse> responses, CancellationToken cancellationToken)
    {
        var output = exchange.ResponseBody;
        await using var source = responses.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var next = source.MoveNextAsync();
            if (!next.IsCompleted && (!exchange.HasStarted || output.UnflushedBytes > 0))
            {
                // Nothing is ready at once: let the caller have what there is, at first the news that the call was accepted.
                exchange.Start(null);
                await output.FlushAsync(cancellationToken);
            }

            if (!await next)
            {
                break;
            }

            exchange.Start(null);
            RpcCodec.Write(output, source.Current, exchange.ResponseEncoding, _method.ResponseJson);
            if (output.UnflushedBytes >= FlushBytes)
            {
                await output.FlushAsync(cancellationToken);
            }
        }

        exchange.Start(null);
        RpcStreamEnd.Write(output, exchange.ResponseEncoding);
        await output.FlushAsync(cancellationToken);
    }

    private async IAsyncEnumerable<TRequest> ReadRequestsAsync(RpcExchange exchange, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var frames = new RpcFrameReader(exchange.RequestBody, exchange.RequestEncoding, _method.Limits.MaxRequestBytes, _requestName);
        while (await frames.ReadAsync(cancellationToken) is { } frame)
        {
            if (RpcStreamEnd.Is(frame.Span, exchange.RequestEncoding))
            {
                yield break;
            }

            yield return RpcCodec.Read(frame, exchange.RequestEncoding, _method.RequestJson);
        }

        // A person who sends lines of JSON need not know the mark.
        if (exchange.RequestEncoding == RpcEncoding.MessagePack)
        {
            throw new RpcException(
                RpcStatus.InvalidArgument, $"the stream of requests of {_method} was cut off: it has no end mark", RpcErrorCode.Truncated, retryable: true);
        }
    }
}
