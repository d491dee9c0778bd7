using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Dom.Core.Rpc.Http;
using Polly;
using Polly.Retry;

namespace Dom.Core.Rpc;

/// <summary>
/// Calls one server over TLS: one warm HTTP/2 connection, HTTP/1.1 connections for bulk methods. The server's certificate is always verified.
/// Connections are opened when needed and follow the credentials when those change.
/// </summary>
public class RpcClient : RpcChannel
{
    /// <summary>So many idle times a bulk call may wait for the head of its answer, the wait for a free connection included.</summary>
    private const int BulkHeads = 5;

    private readonly RpcCredentials _credentials;
    private readonly RpcClientOptions _options;
    private readonly ResiliencePipeline _retries;
    private readonly Uri _address;
    private readonly Lock _lock = new();
    private RpcConnections? _connections;
    private bool _closed;

    /// <summary>Creates a client; nothing is connected yet.</summary>
    public RpcClient(RpcEndpoint endpoint, RpcCredentials credentials, RpcClientOptions? options = null, TimeProvider? time = null)
        : base(time ?? TimeProvider.System)
    {
        Endpoint = endpoint;
        _credentials = credentials;
        _options = options ?? new RpcClientOptions();
        _address = new Uri($"https://{endpoint}/");
        _retries = MakeRetries();
    }

    /// <summary>The server.</summary>
    public RpcEndpoint Endpoint { get; }

    /// <inheritdoc/>
    protected override ResiliencePipeline Retries => _retries;

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _closed = true;
            _connections?.Close();
            _connections = null;
        }

        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task<RpcReply> SendAsync(RpcMethod method, RpcRequestBody body, TimeSpan timeout, CancellationToken cancellationToken)
    {
        RpcConnections? connections = UseConnections();
        try
        {
            var reply = await SendAsync(method, body, timeout, connections, cancellationToken);
            connections = null;
            return reply;
        }
        finally
        {
            connections?.Leave();
        }
    }

    private async Task<RpcReply> SendAsync(
        RpcMethod method, RpcRequestBody body, TimeSpan timeout, RpcConnections connections, CancellationToken cancellationToken)
    {
        using var request = MakeRequest(method, body, timeout);
        using var late = new CancellationTokenSource(method.Bulk && body.Single is not null ? BulkHeads * _options.BulkIdleTimeout : Timeout.InfiniteTimeSpan, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connections.Closed, late.Token);
        HttpResponseMessage response;
        try
        {
            response = await connections.SendAsync(request, either.Token);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(method, body, connections, e);
        }
        catch (OperationCanceledException e) when (connections.Closed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(
                RpcStatus.Unavailable, $"{method}: the client of {Endpoint} was closed during the call", RpcErrorCode.Unreachable, retryable: false, e);
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(RpcStatus.Unavailable, $"{method}: {Endpoint} did not begin to answer", RpcErrorCode.TooSlow, innerException: e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // The framework says so when its connect timeout passes.
            throw new RpcException(
                RpcStatus.Unavailable, $"{method}: no connection to {Endpoint} within {_options.ConnectTimeout.TotalSeconds:0} s", RpcErrorCode.Unreachable, innerException: e);
        }

        var idle = method.Bulk ? _options.BulkIdleTimeout : Timeout.InfiniteTimeSpan;
        var stream = new RpcResponseStream(await response.Content.ReadAsStreamAsync(cancellationToken), method, Endpoint, idle, Time, connections.Closed);
        return new RpcHttpReply(response, stream, connections) { Error = StatusOf(method, response), Length = response.Content.Headers.ContentLength };
    }

    private HttpRequestMessage MakeRequest(RpcMethod method, RpcRequestBody body, TimeSpan timeout)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, method.Path))
        {
            Version = method.Bulk ? HttpVersion.Version11 : HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new RpcHttpContent(body),
        };
        if (method.Bulk && body.Single is null)
        {
            // HTTP/1.1 reads no answer before all is sent, so a refusal must come before the data.
            request.Headers.ExpectContinue = true;
        }

        if (timeout != Timeout.InfiniteTimeSpan)
        {
            request.Headers.TryAddWithoutValidation(
                RpcProtocol.TimeoutHeader, ((long)timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        }

        return request;
    }

    /// <summary>The connections under the credentials of now; the caller is counted as their user.</summary>
    private RpcConnections UseConnections()
    {
        var current = _credentials.Current;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_connections is null || _connections.Generation < current.Generation || !_connections.TryUse())
            {
                // Calls in flight keep the older ones until they end.
                _connections?.Leave();
                _connections = new RpcConnections(_credentials, current, Endpoint, _options);
                _connections.TryUse();
            }

            return _connections;
        }
    }

    private RpcStatus? StatusOf(RpcMethod method, HttpResponseMessage response)
    {
        var isOurs = response.Content.Headers.ContentType?.MediaType == RpcProtocol.MessagePackType;
        if (response.StatusCode == HttpStatusCode.OK && isOurs)
        {
            return null;
        }

        if (!isOurs)
        {
            response.Dispose();
            throw new RpcException(
                RpcStatus.Unavailable,
                $"{method}: {Endpoint} answered {(int)response.StatusCode} without a message of ours; is that the address of a dom role?",
                RpcErrorCode.Unreachable,
                retryable: false);
        }

        return Enum.IsDefined((RpcStatus)(int)response.StatusCode) ? (RpcStatus)(int)response.StatusCode : RpcStatus.Internal;
    }

    private RpcException Unreachable(RpcMethod method, RpcRequestBody body, RpcConnections connections, HttpRequestException e)
    {
        if (body.Failure is { } failure)
        {
            return new RpcException(RpcStatus.InvalidArgument, $"the requests for {method} ended with an error: {failure.Message}", innerException: failure);
        }

        if (e.HttpRequestError == HttpRequestError.SecureConnectionError && connections.Refusal is { } refusal)
        {
            return new RpcException(
                RpcStatus.Unauthenticated, $"{method}: {Endpoint} is not trusted: {refusal.Message}", refusal.Code, retryable: false, innerException: e);
        }

        var why = e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"the name '{Endpoint.Host}' is not known",
            HttpRequestError.SecureConnectionError when e.InnerException is IOException =>
                $"{Endpoint} closed the connection during TLS set-up; it may be at its limit of connections without a certificate",
            HttpRequestError.SecureConnectionError =>
                $"{Endpoint} does not speak TLS as this side expects ({Innermost(e)})",
            HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse =>
                $"{Endpoint} closed the connection without an answer; it may have stopped, or be at its limit of connections",
            _ => $"{Endpoint} cannot be reached ({Innermost(e)})",
        };
        return new RpcException(RpcStatus.Unavailable, $"{method}: {why}", RpcErrorCode.Unreachable, innerException: e);
    }

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner && e is not (SocketException or AuthenticationException { InnerException: null }))
        {
            e = inner;
        }

        return e.Message;
    }

    private ResiliencePipeline MakeRetries()
    {
        if (_options.Retries == 0)
        {
            return ResiliencePipeline.Empty;
        }

        return new ResiliencePipelineBuilder { TimeProvider = Time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = _options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = _options.RetryDelay,
                MaxDelay = _options.MaxRetryDelay,
                ShouldHandle = new PredicateBuilder().Handle<RpcException>(e => e.Retryable),
            })
            .Build();
    }
}
