using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

/// <summary>Serves <c>/rpc/</c>: who calls, which method, then the router; counts and audits the outcome.</summary>
internal sealed partial class RpcRequests(
    RoleHostOptions options, RoleHostMetrics metrics, AuditLog audit, ILogger<RpcRequests> logger, CancellationToken stopping)
{
    /// <summary>Serves a call.</summary>
    /// <param name="http">The request.</param>
    /// <param name="connection">Where it came from.</param>
    /// <param name="excess">Why it is refused: its caller has too much under way; null to serve it.</param>
    public async Task HandleAsync(HttpContext http, RoleConnection connection, string? excess)
    {
        var start = options.Time.GetTimestamp();
        using var exchange = new HttpExchange(http, connection);
        RpcCall call;
        try
        {
            if (excess is not null)
            {
                throw CallerShare.Exceeded(excess);
            }

            call = Accept(http, connection, start);
        }
        catch (RpcException refusal)
        {
            metrics.CountCall("refused", refusal, options.Time.GetElapsedTime(start));
            await RpcRouter.RefuseAsync(refusal, exchange, http.RequestAborted);
            return;
        }

        SetLimits(http, call.Method);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, connection.Distrusted);
        var error = await options.Router.ServeAsync(call, exchange, end.Token, http.RequestAborted);
        var duration = options.Time.GetElapsedTime(start);
        metrics.CountCall(call.Method.FullName, error, duration);
        if (error is { Status: RpcStatus.Internal })
        {
            LogFailed(error.InnerException ?? error, call.Method.FullName, call.Caller.User, connection.Remote.Address.ToString());
        }

        if (call.Method.Changes)
        {
            await (error is not null && IsRefusal(error, call, exchange)
                ? audit.WriteRefusedAsync(call, error, duration)
                : audit.WriteAsync(call, error, duration));
        }

        if (error is not null && exchange.HasReadRequest && !call.Method.HasSingleRequest && HttpProtocol.IsHttp11(http.Request.Protocol))
        {
            await DrainAsync(http);
        }
    }

    /// <summary>
    /// True when nothing was done: the call was judged wrong, or ended before it was accepted. Who is granted a method by name can also do it, so what
    /// breaks for him counts as done.
    /// </summary>
    private static bool IsRefusal(RpcException error, RpcCall call, HttpExchange exchange) =>
        error.Status is < RpcStatus.Internal or RpcStatus.Unimplemented || (!exchange.IsAccepted && !call.Caller.Lists(call.Method));

    /// <summary>Over HTTP/1.1 a client reads the answer only after it has sent everything: without this it would learn of an error as a broken connection.</summary>
    private async Task DrainAsync(HttpContext http)
    {
        using var patience = new CancellationTokenSource(options.Limits.Drain, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping, http.RequestAborted);
        try
        {
            await http.Response.CompleteAsync();
            await http.Request.Body.CopyToAsync(Stream.Null, either.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            LogUndrained(http.Request.Path.Value, e.Message);
        }
    }

    private RpcCall Accept(HttpContext http, RoleConnection connection, long start)
    {
        if (!connection.IsTls)
        {
            throw new RpcException(RpcStatus.Unauthenticated, "calls need TLS and a client certificate; use https", RpcErrorCode.NoCertificate);
        }

        RpcCaller caller;
        try
        {
            caller = connection.Peer.Require().ToCaller();
        }
        catch (CertificateException refusal)
        {
            throw new RpcException(RpcStatus.Unauthenticated, refusal.Message, refusal.Code, retryable: false, refusal);
        }

        if (!HttpMethods.IsPost(http.Request.Method))
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"calls are POST requests, not {http.Request.Method}");
        }

        if (HttpExchange.IsOfWebPage(http.Request))
        {
            throw new RpcException(RpcStatus.PermissionDenied, "calls are made by programs, not by web pages: a browser would lend its certificate to any page", RpcErrorCode.WebPage);
        }

        if (!HttpExchange.IsKnownType(http.Request.ContentType))
        {
            throw new RpcException(
                RpcStatus.InvalidArgument, $"the content type is neither {RpcProtocol.MessagePackType} nor {RpcProtocol.JsonType}");
        }

        var name = http.Request.Path.Value?[RpcProtocol.PathPrefix.Length..] ?? string.Empty;
        var method = options.Router.Find(name)
            ?? throw new RpcException(RpcStatus.Unimplemented, $"the role {options.Role} has no method '{name}'", RpcErrorCode.UnknownMethod);
        HttpExchange.RequireTimeout(http.Request);
        return new RpcCall(method, caller, connection.Remote.Address)
        {
            Recorder = async changed => await audit.WriteAsync(changed, error: null, options.Time.GetElapsedTime(start)),
        };
    }

    /// <summary>Messages are limited while they are read; a stream as a whole is not, and may pause.</summary>
    private static void SetLimits(HttpContext http, RpcMethod method)
    {
        if (method.HasSingleRequest)
        {
            return;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
