using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

/// <summary>
/// Sorts connections by their first byte, a TLS hello or anything else, holds strangers to their limits and looks at client certificates once
/// a connection has been set up.
/// </summary>
/// <remarks>
/// TLS accepts any client certificate whose key the client has, or none, because a refusal within TLS 1.3 reaches the client without a reason.
/// The certificate is judged here and at each call, so the client gets the reason in words.
/// </remarks>
internal sealed partial class ConnectionFilter(
    RoleHostOptions options, ConnectionGate gate, RoleHostMetrics metrics, ILogger<ConnectionFilter> logger)
{
    private const byte TlsHandshake = 0x16;

    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<RoleConnection, byte> _authenticated = new();
    private readonly LogBudget _budget = new(options.Time, lines: 10, TimeSpan.FromSeconds(10));

    /// <summary>Puts the filter on a port.</summary>
    public void Configure(ListenOptions listen)
    {
        // Built from the end: the last step below hands the delegate that speaks HTTP to the first one, which leads plain connections past TLS.
        ConnectionDelegate? http = null;
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.Use(tls => connection => EnterAsync(connection, tls, http ?? throw new InvalidOperationException("the pipeline is not complete")));
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = options.Limits.Handshake,
            OnConnection = context => ValueTask.FromResult(TlsOptionsOf(context.Connection)),
        });
        listen.Use(next =>
        {
            http = next;
            return connection => AfterTlsAsync(connection, next);
        });
    }

    private async Task EnterAsync(ConnectionContext connection, ConnectionDelegate tls, ConnectionDelegate plain)
    {
        var remote = connection.RemoteEndPoint as IPEndPoint ?? new IPEndPoint(IPAddress.None, 0);
        var address = remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address;
        if (gate.TryEnter(address) is not { } ticket)
        {
            metrics.CountDropped("limit");
            if (_budget.TryTake(out var suppressed))
            {
                LogOverLimit(address, gate.Count, suppressed);
            }

            connection.Abort();
            return;
        }

        using var lifetime = options.Time.CreateTimer(
            _ => CloseStranger(connection, ticket), null, options.Limits.UnauthenticatedLifetime, Grace);
        try
        {
            if (await FirstByteAsync(connection) is { } first)
            {
                var isTls = first == TlsHandshake;
                using var known = new RoleConnection(
                    new IPEndPoint(address, remote.Port), ticket, isTls, new PeerCertificate(options.Credentials));
                connection.Features.Set(known);
                await (isTls ? tls : plain)(connection);
            }
        }
        finally
        {
            ticket.Leave();
        }
    }

    /// <summary>The first byte, which stays in the connection; null when it was closed, or silent for too long.</summary>
    private async Task<byte?> FirstByteAsync(ConnectionContext connection)
    {
        using var timeout = new CancellationTokenSource(options.Limits.FirstByte, options.Time);
        var input = connection.Transport.Input;
        try
        {
            var read = await input.ReadAsync(timeout.Token);
            byte? first = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0];
            input.AdvanceTo(read.Buffer.Start);
            return first;
        }
        catch (OperationCanceledException)
        {
            metrics.CountDropped("silent");
            connection.Abort();
            return null;
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException)
        {
            metrics.CountDropped("reset");
            return null;
        }
    }

    private SslServerAuthenticationOptions TlsOptionsOf(ConnectionContext connection)
    {
        var peer = Known(connection).Peer;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = options.Credentials.Current.Context,
            EnabledSslProtocols = SslProtocols.Tls13 | SslProtocols.Tls12,
            ApplicationProtocols = Protocols,
            ClientCertificateRequired = true,
            CertificateChainPolicy = TlsPolicy.Bare(),
            AllowRenegotiation = false,
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) => peer.Take(certificate, chain),
        };
    }

    /// <summary>Judges all connections anew, after trust has changed: calls under a certificate that no longer counts end, streams too.</summary>
    public void JudgeAgain()
    {
        foreach (var known in _authenticated.Keys)
        {
            if (RefusalOf(known) is { } refusal)
            {
                known.Distrust(refusal);
            }
            else
            {
                known.TrustAgain();
            }
        }
    }

    private async Task AfterTlsAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var known = Known(connection);
        if (RefusalOf(known) is not null)
        {
            // The connection goes on as a stranger's: open pages may be read, and a call is told the reason.
            await next(connection);
            return;
        }

        known.Ticket.Leave();
        _authenticated[known] = 0;
        try
        {
            await next(connection);
        }
        finally
        {
            _authenticated.TryRemove(known, out _);
        }
    }

    /// <summary>Why a connection's certificate does not count, counted and logged; null when it counts.</summary>
    private CertificateException? RefusalOf(RoleConnection known)
    {
        try
        {
            known.Peer.Require();
            return null;
        }
        catch (CertificateException refusal)
        {
            if (refusal.Code != RpcErrorCode.NoCertificate)
            {
                metrics.CountRejected(refusal.Code);
                if (_budget.TryTake(out var suppressed))
                {
                    LogRefused(known.Remote, known.Peer.Subject, refusal.Message, suppressed);
                }
            }

            return refusal;
        }
    }

    private void CloseStranger(ConnectionContext connection, ConnectionGate.Ticket ticket)
    {
        if (!ticket.IsHeld)
        {
            return;
        }

        metrics.CountDropped("lifetime");
        var lifetime = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        if (lifetime is null || lifetime.ConnectionClosedRequested.IsCancellationRequested)
        {
            connection.Abort();
        }
        else
        {
            lifetime.RequestClose();
        }
    }

    private static RoleConnection Known(ConnectionContext connection) =>
        connection.Features.Get<RoleConnection>() ?? throw new InvalidOperationException("the connection did not come through the filter");
}
