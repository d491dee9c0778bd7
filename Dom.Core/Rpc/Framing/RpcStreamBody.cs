using System.IO.Pipelines;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Rpc.Framing;

/// <summary>A request that is a stream of messages, taken from the producer as fast as the server reads.</summary>
internal sealed class RpcStreamBody<TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method, IAsyncEnumerable<TRequest> requests, CancellationToken callEnded) : RpcRequestBody
    where TRequest : IMessagePackSerializable<TRequest>
    where TResponse : IMessagePackSerializable<TResponse>
{
    private const int FlushBytes = 64 * 1024;

    private bool _started;

    public override async Task WriteToAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        if (_started)
        {
            // The transport wants to try again on another connection, but what was produced once is gone.
            throw new IOException($"the requests for {method} can be sent only once");
        }

        _started = true;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(callEnded, cancellationToken);
        var token = either.Token;
        await using var source = requests.GetAsyncEnumerator(token);
        while (true)
        {
            var next = MoveNextAsync(source);
            if (!next.IsCompleted)
            {
                await output.FlushAsync(token);
            }

            if (!await next)
            {
                break;
            }

            RpcCodec.Write(output, source.Current, RpcEncoding.MessagePack, method.RequestJson);
            if (output.UnflushedBytes >= FlushBytes)
            {
                await output.FlushAsync(token);
            }
        }

        RpcStreamEnd.Write(output, RpcEncoding.MessagePack);
        await output.FlushAsync(token);
    }

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<TRequest> source)
    {
        try
        {
            return await source.MoveNextAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failure = e;
            throw;
        }
    }
}
