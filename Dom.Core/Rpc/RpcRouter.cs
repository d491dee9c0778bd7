using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Rpc;

/// <summary>The methods a server has, each with its handler. Filled before the server starts.</summary>
public sealed class RpcRouter(TimeProvider? time = null)
{
    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>The methods mapped so far.</summary>
    public IEnumerable<RpcMethod> Methods => _routes.Values.Select(route => route.Method);

    /// <summary>Maps a method with one request and one response.</summary>
    /// <remarks>Memory fields of the request are valid until the handler returns.</remarks>
    public void Map<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, Func<TRequest, RpcCall, CancellationToken, ValueTask<TResponse>> handler)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse> =>
        Add(method, RpcShape.Unary, async (exchange, call, cancellationToken) =>
        {
            var turn = new RpcTurn<TRequest, TResponse>(method, exchange);
            using var body = await turn.ReadBodyAsync(cancellationToken);
            await turn.AnswerAsync(await handler(turn.Decode(body), call, cancellationToken), cancellationToken);
        });

    /// <summary>Maps a method with one request and a stream of responses.</summary>
    public void MapServerStream<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, Func<TRequest, RpcCall, CancellationToken, IAsyncEnumerable<TResponse>> handler)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse> =>
        Add(method, RpcShape.ServerStream, async (exchange, call, cancellationToken) =>
        {
            var turn = new RpcTurn<TRequest, TResponse>(method, exchange);
            using var body = await turn.ReadBodyAsync(cancellationToken);
            await turn.AnswerAsync(handler(turn.Decode(body), call, cancellationToken), cancellationToken);
        });

    /// <summary>Maps a method with a stream of requests and one response.</summary>
    /// <remarks>Memory fields of a request are valid until the next one is asked for.</remarks>
    public void MapClientStream<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, Func<IAsyncEnumerable<TRequest>, RpcCall, CancellationToken, ValueTask<TResponse>> handler)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse> =>
        Add(method, RpcShape.ClientStream, async (exchange, call, cancellationToken) =>
        {
            var turn = new RpcTurn<TRequest, TResponse>(method, exchange);
            await turn.AnswerAsync(await handler(turn.ReadRequestsAsync(cancellationToken), call, cancellationToken), cancellationToken);
        });

    /// <summary>Maps a method with a stream in each direction.</summary>
    public void MapDuplex<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, Func<IAsyncEnumerable<TRequest>, RpcCall, CancellationToken, IAsyncEnumerable<TResponse>> handler)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse> =>
        Add(method, RpcShape.Duplex, async (exchange, call, cancellationToken) =>
        {
            var turn = new RpcTurn<TRequest, TResponse>(method, exchange);
            await turn.AnswerAsync(handler(turn.ReadRequestsAsync(cancellationToken), call, cancellationToken), cancellationToken);
        });

    /// <summary>The method of this full name, or null.</summary>
    public RpcMethod? Find(string fullName) => _routes.TryGetValue(fullName, out var route) ? route.Method : null;

    /// <summary>Serves one call: checks the caller's rights, runs the handler within its deadline, answers. Never throws; returns the error, or null.</summary>
    /// <param name="call">The call; its method is one of this router.</param>
    /// <param name="exchange">The transport.</param>
    /// <param name="stopping">Cancelled when the server stops; the caller is told.</param>
    /// <param name="cancellationToken">Cancelled when the caller is gone.</param>
    public async Task<RpcException?> ServeAsync(RpcCall call, RpcExchange exchange, CancellationToken stopping, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        using var deadline = new RpcDeadline(Shorter(call.Method.Deadline, exchange.Timeout), _time, either.Token);
        try
        {
            if (!_routes.TryGetValue(call.Method.FullName, out var route))
            {
                throw new RpcException(RpcStatus.Unimplemented, $"this server has no method {call.Method}", RpcErrorCode.UnknownMethod);
            }

            RequireGrant(call);
            await route.Run(exchange, call, deadline.Token);
            return null;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            var error = RpcFault.From(fault, call.Method, exchange, deadline, cancellationToken);
            await RpcFault.AnswerAsync(error, exchange, cancellationToken);
            return error;
        }
    }

    /// <summary>Answers a call that is refused before it has a method or a caller.</summary>
    public static Task RefuseAsync(RpcException error, RpcExchange exchange, CancellationToken cancellationToken) =>
        RpcFault.AnswerAsync(error, exchange, cancellationToken);

    private void Add(RpcMethod method, RpcShape shape, Func<RpcExchange, RpcCall, CancellationToken, Task> run)
    {
        if (method.Shape != shape)
        {
            throw new ArgumentException($"{method} is {method.Shape}, so it cannot be mapped to a handler of shape {shape}", nameof(method));
        }

        if (!_routes.TryAdd(method.FullName, new Route(method, run)))
        {
            throw new InvalidOperationException($"{method} is mapped twice");
        }
    }

    private static void RequireGrant(RpcCall call)
    {
        if (!call.Caller.MayCall(call.Method))
        {
            var how = call.Method.NamedOnly ? " by its full name" : string.Empty;
            var why = call.Caller.IsIdentityOnly
                ? "the certificate is of an identity authority, and those grant no methods"
                : $"the certificate does not list it{how} (it lists: {Listed(call.Caller)})";
            throw new RpcException(
                RpcStatus.PermissionDenied, $"{call.Caller.User} may not call {call.Method}: {why}", RpcErrorCode.MethodNotGranted);
        }
    }

    private static string Listed(RpcCaller caller) => caller.Methods.IsEmpty ? "nothing" : string.Join(", ", caller.Methods);

    private static TimeSpan Shorter(TimeSpan own, TimeSpan? callers) =>
        callers is not { } wanted ? own : own == Timeout.InfiniteTimeSpan || wanted < own ? wanted : own;

    private sealed record Route(RpcMethod Method, Func<RpcExchange, RpcCall, CancellationToken, Task> Run);
}
