using System.Runtime.CompilerServices;
using Dom.Core.Rpc.Framing;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Rpc;

/// <summary>One call on the server's side: its requests decoded, its responses encoded.</summary>
internal sealed class RpcTurn<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, RpcExchange exchange)
    where TRequest : IMessagePackSerializable<TRequest>
    where TResponse : IMessagePackSerializable<TResponse>
{
    private const int FlushBytes = 64 * 1024;

    /// <summary>The bytes of the only request; they must outlive the use of the message.</summary>
    public ValueTask<RpcBody> ReadBodyAsync(CancellationToken cancellationToken) =>
        RpcBody.ReadAsync(exchange.RequestBody, exchange.RequestLength, method.Limits.MaxRequestBytes, RpcSource.RequestOf(method), cancellationToken, exchange.Reserve);

    /// <summary>The only request.</summary>
    public TRequest Decode(RpcBody body) => RpcCodec.Read(body.Memory, exchange.RequestEncoding, method.RequestJson);

    /// <summary>The stream of requests; each is valid until the next is asked for.</summary>
    public async IAsyncEnumerable<TRequest> ReadRequestsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var frames = new RpcFrameReader(
            exchange.RequestBody, exchange.RequestEncoding, method.Limits.MaxRequestBytes, RpcSource.RequestOf(method), exchange.Reserve);
        while (await frames.ReadAsync(cancellationToken) is { } frame)
        {
            if (RpcStreamEnd.Is(frame.Span, exchange.RequestEncoding))
            {
                yield break;
            }

            yield return RpcCodec.Read(frame, exchange.RequestEncoding, method.RequestJson);
        }

        // A person who sends lines of JSON need not know the mark.
        if (exchange.RequestEncoding == RpcEncoding.MessagePack)
        {
            throw new RpcException(
                RpcStatus.InvalidArgument, $"the stream of requests of {method} was cut off: it has no end mark", RpcErrorCode.Truncated, retryable: true);
        }
    }

    /// <summary>Answers with one message.</summary>
    public async Task AnswerAsync(TResponse response, CancellationToken cancellationToken)
    {
        exchange.Start(null);
        RpcCodec.Write(exchange.ResponseBody, response, exchange.ResponseEncoding, method.ResponseJson);
        await exchange.ResponseBody.FlushAsync(cancellationToken);
    }

    /// <summary>Answers with a stream.</summary>
    public async Task AnswerAsync(IAsyncEnumerable<TResponse> responses, CancellationToken cancellationToken)
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
            RpcCodec.Write(output, source.Current, exchange.ResponseEncoding, method.ResponseJson);
            if (output.UnflushedBytes >= FlushBytes)
            {
                await output.FlushAsync(cancellationToken);
            }
        }

        exchange.Start(null);
        RpcStreamEnd.Write(output, exchange.ResponseEncoding);
        await output.FlushAsync(cancellationToken);
    }
}
