using System.Buffers;
using System.Text.Json;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Core.Telemetry;
using Dom.Roles.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

/// <summary>Serves status pages, metrics and health.</summary>
internal sealed partial class PageRequests(RoleHostOptions options, MetricsRegistry registry, ILogger<PageRequests> logger)
{
    private const string MetricsType = "text/plain; version=0.0.4; charset=utf-8";

    public async Task HandleAsync(HttpContext http, RoleConnection connection)
    {
        var result = await ResultAsync(http, connection);
        var response = http.Response;
        response.StatusCode = result.Status;
        response.ContentType = result.ContentType;
        response.ContentLength = result.Writer is null ? result.Body.Length : null;
        foreach (var (name, value) in PageResult.SafetyHeaders)
        {
            response.Headers[name] = value;
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        try
        {
            await result.WriteToAsync(response.BodyWriter, http.RequestAborted);
        }
        catch (Exception fault) when (fault is not OperationCanceledException && result.Writer is not null)
        {
            // A part has been sent already: only a broken connection tells the reader that the rest is missing.
            LogPageFailed(fault, http.Request.Path.Value ?? "/");
            http.Abort();
        }
    }

    private async ValueTask<PageResult> ResultAsync(HttpContext http, RoleConnection connection)
    {
        var path = http.Request.Path.Value ?? "/";
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            return PageResult.Text("Pages are read with GET.\n", StatusCodes.Status405MethodNotAllowed);
        }

        switch (path)
        {
            case "/healthz" or "/livez":
                return PageResult.Text("ok\n");
            case "/readyz":
                return Readiness(connection);
            case var _ when Closed(connection) is { } closed:
                return closed;
            case "/metrics":
                return Metrics();
            default:
                return await PageAsync(http, connection, path);
        }
    }

    private PageResult? Closed(RoleConnection connection) => options.StatusPages switch
    {
        StatusPages.Off => PageResult.Text("Status pages are switched off (StatusPages=Off).\n", StatusCodes.Status403Forbidden),
        StatusPages.Tls when !connection.IsTls => PageResult.Text(
            "Status pages are served over TLS only here; use https.\n", StatusCodes.Status403Forbidden),
        _ => null,
    };

    private async ValueTask<PageResult> PageAsync(HttpContext http, RoleConnection connection, string path)
    {
        if (options.Pages.Find(path) is not { } match)
        {
            return PageResult.NotFound($"There is no page '{path}' here.");
        }

        var (caller, refusal) = CallerOf(connection);
        if (match.Page.Access == PageAccess.Certificate && caller is null)
        {
            return refusal is null
                ? PageResult.CertificateRequired
                : PageResult.Text($"This page needs a client certificate of this fleet: {refusal}\n", StatusCodes.Status403Forbidden);
        }

        if (match.Page.Method is { } method && caller?.MayCall(method) != true)
        {
            return PageResult.Text($"This page shows what {method.FullName} answers, and the certificate of {caller?.User} does not list it.\n", StatusCodes.Status403Forbidden);
        }

        try
        {
            var request = new PageRequest
            {
                Path = path,
                Rest = match.Rest,
                Query = http.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.FirstOrDefault() ?? string.Empty, StringComparer.Ordinal),
                Caller = caller,
                RemoteAddress = connection.Remote,
            };
            return await match.Page.Handler(request, http.RequestAborted);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogPageFailed(fault, path);
            return PageResult.Text("This page failed; the log of the role says why.\n", StatusCodes.Status500InternalServerError);
        }
    }

    private static (RpcCaller? Caller, string? Refusal) CallerOf(RoleConnection connection)
    {
        if (!connection.IsTls || connection.Peer.Subject is null)
        {
            return default;
        }

        try
        {
            return (connection.Peer.Require().ToCaller(), null);
        }
        catch (CertificateException refusal)
        {
            return (null, refusal.Message);
        }
    }

    private PageResult Metrics()
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        registry.WritePrometheus(buffer);
        return new PageResult { ContentType = MetricsType, Body = buffer.WrittenMemory };
    }

    /// <summary>Whether the role is ready, for load balancers, in every mode. Strangers get reasons only where they get pages, and without details.</summary>
    private PageResult Readiness(RoleConnection connection)
    {
        var reasons = options.NotReady();
        var isKnown = CallerOf(connection).Caller is not null;
        var hidesReasons = !isKnown && Closed(connection) is not null;
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ready"u8, reasons.Count == 0);
            writer.WriteStartArray("reasons"u8);
            foreach (var reason in hidesReasons ? [] : reasons)
            {
                writer.WriteStringValue(isKnown ? reason.ToString() : reason.What);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return PageResult.Json(buffer.WrittenMemory, reasons.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
