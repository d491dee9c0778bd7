using System.Text.Json;
using Dom.Core.Rpc.Framing;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Rpc;

/// <summary>Turns what went wrong in a handler or on the way to it into the error the caller gets.</summary>
internal static class RpcFault
{
    public static RpcException From(
        Exception fault, RpcMethod method, RpcExchange exchange, RpcDeadline deadline, CancellationToken callerGone) => fault switch
        {
            RpcException error => error,
            _ when exchange.Translate(fault) is { } error => error,
            OperationCanceledException when deadline.HasPassed => new RpcException(
                RpcStatus.DeadlineExceeded, $"{method} did not finish within {deadline.Time.TotalSeconds:0.###} s", innerException: fault),
            _ when callerGone.IsCancellationRequested => new RpcException(
                RpcStatus.Unavailable, $"the caller of {method} is gone", RpcErrorCode.Unreachable, innerException: fault),
            OperationCanceledException => new RpcException(RpcStatus.Unavailable, $"the server is stopping; {method} was not finished", innerException: fault),
            MessagePackException or JsonException => new RpcException(
                RpcStatus.InvalidArgument, $"a message of {method} is malformed: {fault.Message}", RpcErrorCode.Malformed, innerException: fault),
            _ => new RpcException(RpcStatus.Internal, $"{method} failed inside the server: {fault.Message}", innerException: fault),
        };

    /// <summary>Sends the error as the response, or as the last frame of one that has begun. A caller that is gone gets nothing.</summary>
    public static async Task AnswerAsync(RpcException error, RpcExchange exchange, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        try
        {
            var inStream = exchange.HasStarted;
            exchange.Start(error.Status);
            RpcErrorFrame.Write(exchange.ResponseBody, error, exchange.ResponseEncoding, inStream);
            await exchange.ResponseBody.FlushAsync(cancellationToken);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            // The error reached nobody because the connection broke; the caller of ServeAsync still logs and counts the first error.
            _ = gone;
        }
    }
}
