using System.Globalization;
using System.IO.Pipelines;
using Dom.Core.Rpc;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Dom.Roles.Hosting;

/// <summary>A call over HTTP.</summary>
internal sealed class HttpExchange : RpcExchange, IDisposable
{
    private readonly HttpContext _http;
    private readonly RoleConnection _connection;
    private int _reserved;

    public HttpExchange(HttpContext http, RoleConnection connection)
    {
        _http = http;
        _connection = connection;
        RequestEncoding = IsJson(http.Request.ContentType) ? RpcEncoding.Json : RpcEncoding.MessagePack;
        var accept = http.Request.Headers.Accept.ToString();
        ResponseEncoding = IsJson(accept) ? RpcEncoding.Json : IsMessagePack(accept) ? RpcEncoding.MessagePack : RequestEncoding;
        RequestLength = http.Request.ContentLength;
        Timeout = TimeoutOf(http.Request);
    }

    public override Stream RequestBody
    {
        get
        {
            HasReadRequest = true;
            return _http.Request.Body;
        }
    }

    /// <summary>True when the handler began to read; only then does a sender who waits for <c>100 Continue</c> send anything.</summary>
    public bool HasReadRequest { get; private set; }

    /// <summary>True when an answer other than an error was begun.</summary>
    public bool IsAccepted { get; private set; }

    public override PipeWriter ResponseBody => _http.Response.BodyWriter;

    /// <summary>Refuses a deadline that is none: a caller that relies on it must not wait for ever.</summary>
    /// <exception cref="RpcException">The header is not a number of milliseconds.</exception>
    public static void RequireTimeout(HttpRequest request)
    {
        if (request.Headers.ContainsKey(RpcProtocol.TimeoutHeader) && TimeoutOf(request) is null)
        {
            throw new RpcException(
                RpcStatus.InvalidArgument, $"the header {RpcProtocol.TimeoutHeader} is not a number of milliseconds from 1 to {int.MaxValue - 1}");
        }
    }

    /// <summary>True for a request that a script or a form in a browser made: no page of ours does, and a browser shows the user's certificate to whatever a page asks for.</summary>
    public static bool IsOfWebPage(HttpRequest request) => request.Headers.ContainsKey("Origin") || request.Headers.ContainsKey("Sec-Fetch-Site");

    /// <summary>True when the body has a form we read.</summary>
    public static bool IsKnownType(string? contentType) => string.IsNullOrEmpty(contentType) || IsJson(contentType) || IsMessagePack(contentType);

    public override RpcException? Translate(Exception fault) => fault switch
    {
        OperationCanceledException when _connection.Refusal is { } refusal => new RpcException(
            RpcStatus.Unauthenticated, refusal.Message, refusal.Code, retryable: false, fault),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new RpcException(
            RpcStatus.InvalidArgument, "the request arrived too slowly and was given up", RpcErrorCode.TooSlow, retryable: true, fault),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new RpcException(
            RpcStatus.InvalidArgument, $"the request is too large: {fault.Message}", RpcErrorCode.TooLarge, innerException: fault),
        BadHttpRequestException => new RpcException(
            RpcStatus.InvalidArgument, $"the request was cut off or is no HTTP: {fault.Message}", RpcErrorCode.Truncated, retryable: true, fault),
        ConnectionAbortedException or ConnectionResetException => new RpcException(
            RpcStatus.Unavailable, "the connection broke", RpcErrorCode.Unreachable, innerException: fault),
        _ => null,
    };

    public override void Reserve(int bytes)
    {
        var more = bytes - _reserved;
        if (more <= 0)
        {
            return;
        }

        if (_connection.Share.Take(CallerResource.RequestBytes, more) is { } refusal)
        {
            throw CallerShare.Exceeded(refusal);
        }

        _reserved = bytes;
    }

    /// <summary>Gives back what the request had in memory, after its last use.</summary>
    public void Dispose()
    {
        if (_reserved > 0)
        {
            _connection.Share.GiveBack(CallerResource.RequestBytes, _reserved);
            _reserved = 0;
        }
    }

    protected override void OnStart(RpcStatus? status)
    {
        IsAccepted = status is null;
        _http.Response.StatusCode = status is { } error ? (int)error : StatusCodes.Status200OK;
        _http.Response.ContentType = ResponseEncoding == RpcEncoding.Json ? RpcProtocol.JsonType : RpcProtocol.MessagePackType;
    }

    private static TimeSpan? TimeoutOf(HttpRequest request) =>
        int.TryParse(request.Headers[RpcProtocol.TimeoutHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
        && milliseconds is > 0 and < int.MaxValue
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;

    private static bool IsJson(string? type) => type?.Contains(RpcProtocol.JsonType, StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsMessagePack(string? type) => type?.Contains(RpcProtocol.MessagePackType, StringComparison.OrdinalIgnoreCase) == true;
}
