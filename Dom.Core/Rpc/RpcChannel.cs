using System.Buffers;
using System.Runtime.CompilerServices;
using Dom.Core.Rpc.Framing;
using Dom.Core.Rpc.MessagePack;
using Polly;

namespace Dom.Core.Rpc;

/// <summary>A way to call a server's methods: RpcClient over the network, <see cref="RpcLoopback"/> within a process.</summary>
/// <remarks>
/// Every call ends with a result or an <see cref="RpcException"/>, or with <see cref="OperationCanceledException"/> when its token was cancelled.
/// Memory fields of a streamed message are borrowed: valid until the next one is asked for.
/// </remarks>
public abstract class RpcChannel(TimeProvider time) : IAsyncDisposable
{
    /// <summary>The clock of deadlines and waits.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>How calls of repeatable methods are tried again; nothing by default.</summary>
    protected virtual ResiliencePipeline Retries => ResiliencePipeline.Empty;

    /// <summary>Calls a method with one request and one response.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse>
    {
        Require(method, RpcShape.Unary);
        var body = Encode(method, request);
        using var deadline = new RpcDeadline(method.Deadline, Time, cancellationToken);
        try
        {
            return method.Repeatable
                ? await Retries.ExecuteAsync(async token => await CallOnceAsync(method, body, deadline, token), deadline.Token)
                : await CallOnceAsync(method, body, deadline, deadline.Token);
        }
        catch (OperationCanceledException e) when (deadline.HasPassed && !cancellationToken.IsCancellationRequested)
        {
            throw Late(method, deadline, e);
        }
    }

    /// <summary>Calls a method with one request and a stream of responses.</summary>
    public IAsyncEnumerable<TResponse> StreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse>
    {
        Require(method, RpcShape.ServerStream);
        var body = Encode(method, request);
        return ReadStreamAsync(method, _ => body, cancellationToken);
    }

    /// <summary>Calls a method with a stream of requests and one response.</summary>
    public async Task<TResponse> UploadAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, IAsyncEnumerable<TRequest> requests, CancellationToken cancellationToken)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse>
    {
        Require(method, RpcShape.ClientStream);
        using var deadline = new RpcDeadline(method.Deadline, Time, cancellationToken);
        using var ended = new CancellationTokenSource();
        var body = new RpcStreamBody<TRequest, TResponse>(method, requests, ended.Token);
        try
        {
            return await CallOnceAsync(method, body, deadline, deadline.Token);
        }
        catch (Exception e) when (body.Failure is not null && IsConsequence(e))
        {
            throw Failed(method, body.Failure);
        }
        catch (OperationCanceledException e) when (deadline.HasPassed && !cancellationToken.IsCancellationRequested)
        {
            throw Late(method, deadline, e);
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    /// <summary>Calls a method with a stream in each direction.</summary>
    public IAsyncEnumerable<TResponse> DuplexAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, IAsyncEnumerable<TRequest> requests, CancellationToken cancellationToken)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse>
    {
        Require(method, RpcShape.Duplex);
        return ReadStreamAsync(method, ended => new RpcStreamBody<TRequest, TResponse>(method, requests, ended), cancellationToken);
    }

    /// <summary>Closes connections; calls in flight fail.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Sends a request and returns when the head of the response is there; for streams the request may still be under way then.</summary>
    /// <param name="method">The method.</param>
    /// <param name="body">The request.</param>
    /// <param name="timeout">What the server is told; infinite for nothing.</param>
    /// <param name="cancellationToken">Ends the call, also later while its body is read.</param>
    /// <exception cref="RpcException">The server could not be reached or trusted.</exception>
    protected abstract Task<RpcReply> SendAsync(RpcMethod method, RpcRequestBody body, TimeSpan timeout, CancellationToken cancellationToken);

    private async Task<TResponse> CallOnceAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, RpcRequestBody body, RpcDeadline deadline, CancellationToken cancellationToken)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse>
    {
        await using var reply = await SendAsync(method, body, deadline.Time, cancellationToken);
        var source = RpcSource.ResponseOf(method);
        if (reply.Error is { } status)
        {
            throw await ReadErrorAsync(reply, status, source, cancellationToken);
        }

        using var bytes = await RpcBody.ReadAsync(reply.Body, reply.Length, method.Limits.MaxResponseBytes, source, cancellationToken);
        if (RpcErrorFrame.Is(bytes.Memory.Span, RpcEncoding.MessagePack))
        {
            throw RpcErrorFrame.Read(bytes.Memory, RpcEncoding.MessagePack, RpcStatus.Internal, source.What);
        }

        // A copy of exactly the size, so that memory fields of the response stay valid for as long as the response does.
        return Decode(method, bytes.Memory.ToArray());
    }

    private async IAsyncEnumerable<TResponse> ReadStreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        Func<CancellationToken, RpcRequestBody> makeBody,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse>
    {
        using var deadline = new RpcDeadline(method.Deadline, Time, cancellationToken);
        using var ended = new CancellationTokenSource();
        var body = makeBody(ended.Token);
        try
        {
            await using var reply = await OpenStreamAsync(method, body, deadline, cancellationToken);
            using var frames = new RpcFrameReader(reply.Body, RpcEncoding.MessagePack, method.Limits.MaxResponseBytes, RpcSource.ResponseOf(method));
            while (await NextFrameAsync(method, frames, body, deadline, cancellationToken) is { } frame)
            {
                yield return Decode(method, frame);
            }
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private async Task<RpcReply> OpenStreamAsync(RpcMethod method, RpcRequestBody body, RpcDeadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            return method.Repeatable && body.Single is not null
                ? await Retries.ExecuteAsync(async token => await OpenOnceAsync(method, body, deadline, token), deadline.Token)
                : await OpenOnceAsync(method, body, deadline, deadline.Token);
        }
        catch (OperationCanceledException e) when (deadline.HasPassed && !cancellationToken.IsCancellationRequested)
        {
            throw Late(method, deadline, e);
        }
    }

    private async Task<RpcReply> OpenOnceAsync(RpcMethod method, RpcRequestBody body, RpcDeadline deadline, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(method, body, deadline.Time, cancellationToken);
        if (reply.Error is not { } status)
        {
            return reply;
        }

        await using (reply)
        {
            throw await ReadErrorAsync(reply, status, RpcSource.ResponseOf(method), cancellationToken);
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>?> NextFrameAsync(
        RpcMethod method, RpcFrameReader frames, RpcRequestBody body, RpcDeadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            var next = await frames.ReadAsync(deadline.Token);
            if (next is not { } frame)
            {
                throw new RpcException(
                    RpcStatus.Unavailable, $"the stream of responses of {method} was cut off: it has no end mark", RpcErrorCode.Truncated);
            }

            if (RpcErrorFrame.Is(frame.Span, RpcEncoding.MessagePack))
            {
                throw RpcErrorFrame.Read(frame, RpcEncoding.MessagePack, RpcStatus.Internal, $"the response of {method}");
            }

            return RpcStreamEnd.Is(frame.Span, RpcEncoding.MessagePack) ? (ReadOnlyMemory<byte>?)null : frame;
        }
        catch (RpcException e) when (body.Failure is not null && IsConsequence(e))
        {
            throw Failed(method, body.Failure);
        }
        catch (OperationCanceledException e) when (deadline.HasPassed && !cancellationToken.IsCancellationRequested)
        {
            throw Late(method, deadline, e);
        }
    }

    private async Task<RpcException> ReadErrorAsync(RpcReply reply, RpcStatus status, RpcSource source, CancellationToken cancellationToken)
    {
        using var bytes = await RpcBody.ReadAsync(reply.Body, reply.Length, RpcErrorFrame.MaxBytes, source, cancellationToken);
        var error = RpcErrorFrame.Read(bytes.Memory, RpcEncoding.MessagePack, status, source.What);

        // The server said what its clock says; whether that one or ours is wrong can be seen only side by side.
        return error.Code is RpcErrorCode.CertificateExpired or RpcErrorCode.CertificateNotYetValid
            ? new RpcException(error.Status, $"{error.Message}; the clock here says {Time.GetUtcNow():u}", error.Code, error.Retryable, error)
            : error;
    }

    private static RpcSingleBody Encode<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse>
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        MessagePackSerializer.Serialize(buffer, request);
        return buffer.WrittenCount <= method.Limits.MaxRequestBytes
            ? new RpcSingleBody(buffer.WrittenMemory)
            : throw new RpcException(
                RpcStatus.InvalidArgument,
                $"a request of {method} may have {method.Limits.MaxRequestBytes} bytes; this one has {buffer.WrittenCount}",
                RpcErrorCode.TooLarge);
    }

    private static TResponse Decode<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, ReadOnlyMemory<byte> bytes)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse>
    {
        try
        {
            return MessagePackSerializer.Deserialize<TResponse>(bytes);
        }
        catch (MessagePackException e)
        {
            throw new RpcException(RpcStatus.Internal, $"a response of {method} is malformed: {e.Message}", RpcErrorCode.Malformed, innerException: e);
        }
    }

    private static void Require(RpcMethod method, RpcShape shape)
    {
        if (method.Shape != shape)
        {
            throw new ArgumentException($"{method} is {method.Shape}, not {shape}", nameof(method));
        }
    }

    /// <summary>True for what a call ends with when its requests broke off, and not because the server minded them.</summary>
    private static bool IsConsequence(Exception e) => e is not RpcException error || error.Code is RpcErrorCode.Truncated or RpcErrorCode.Unreachable;

    private static RpcException Failed(RpcMethod method, Exception cause) =>
        new(RpcStatus.InvalidArgument, $"the requests for {method} ended with an error: {cause.Message}", innerException: cause);

    private static RpcException Late(RpcMethod method, RpcDeadline deadline, Exception cause) => new(
        RpcStatus.DeadlineExceeded, $"{method} got no answer within {deadline.Time.TotalSeconds:0.###} s", innerException: cause);
}
