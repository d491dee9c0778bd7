using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dom.Core.Rpc;
using Dom.Roles.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.LockManager.Fronts;

/// <summary>The listener of the fronts without client certificates: plain, or with this role's certificate.</summary>
internal sealed class FleetLockHost : IAsyncDisposable
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly WebApplication _application;
    private readonly ServerLogging _logging;
    private readonly FleetLockFront _front;
    private readonly LockCounters _counters;
    private readonly IPEndPoint _listen;

    /// <summary>Makes the listener.</summary>
    /// <param name="front">What answers.</param>
    /// <param name="listen">Where.</param>
    /// <param name="credentials">The certificate; null to speak without TLS.</param>
    /// <param name="counters">Counts requests.</param>
    /// <param name="logging">Where the web server logs.</param>
    /// <param name="clock">The clock.</param>
    public FleetLockHost(FleetLockFront front, IPEndPoint listen, RpcCredentials? credentials, LockCounters counters, ILoggerFactory logging, TimeProvider clock)
    {
        _front = front;
        _counters = counters;
        _listen = listen;
        _logging = new ServerLogging(logging, clock);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(_logging);
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(1);
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 64;

            // Sizes are checked here, so that the answer is ours.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(listen, endpoint =>
            {
                if (credentials is not null)
                {
                    endpoint.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        HandshakeTimeout = TimeSpan.FromSeconds(5),
                        OnConnection = _ => new(new SslServerAuthenticationOptions { ServerCertificateContext = credentials.Current.Context }),
                    });
                }
            });
        });
        _application = builder.Build();
        _application.Run(HandleAsync);
    }

    /// <summary>Where it listens, with its real port.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The address is taken, or not of this machine.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _application.StartAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or System.Net.Sockets.SocketException)
        {
            throw new IOException($"the lock-manager cannot listen on {_listen} (FleetLockListen=): {fault.Message}", fault);
        }

        _logging.Open();
        var bound = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First() ?? throw new InvalidOperationException("the server listens nowhere");
        Address = new IPEndPoint(_listen.Address, new Uri(bound).Port);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        FrontAnswer answer;
        try
        {
            var protocol = http.Request.Headers["fleet-lock-protocol"] is [{ } only] ? only : null;
            answer = await _front.AnswerAsync(
                http.Request.Method, http.Request.Path.Value ?? "", protocol, await ReadAsync(http), http.Connection.RemoteIpAddress ?? IPAddress.None, http.RequestAborted);
        }
        catch (BadHttpRequestException fault)
        {
            answer = new FrontAnswer(fault.StatusCode is >= 400 and < 500 ? fault.StatusCode : 400, "bad_request", fault.Message) { Closes = true };
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // Nobody is there to be answered.
            http.Abort();
            return;
        }

        _counters.CountFront(answer.Status);
        await WriteAsync(http, answer);
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength > FrontRequest.MaxBytes)
        {
            return null;
        }

        using var buffer = new MemoryStream();
        var chunk = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            while (await http.Request.Body.ReadAsync(chunk, http.RequestAborted) is var count and > 0)
            {
                if (buffer.Length + count > FrontRequest.MaxBytes)
                {
                    return null;
                }

                buffer.Write(chunk, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return buffer.ToArray();
    }

    private static async Task WriteAsync(HttpContext http, FrontAnswer answer)
    {
        http.Response.StatusCode = answer.Status;
        if (answer.Closes)
        {
            http.Response.Headers.Connection = "close";
        }

        if (answer.Status == 405)
        {
            http.Response.Headers.Allow = "POST";
        }

        var body = answer.Kind.Length > 0 ? Error(answer) : System.Text.Encoding.UTF8.GetBytes(answer.Value);
        http.Response.ContentType = "application/json";
        http.Response.Headers.ContentLength = body.Length;
        if (http.Request.Method != "HEAD")
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    private static byte[] Error(FrontAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, answer.Kind);
            writer.WriteString("value"u8, answer.Value);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
