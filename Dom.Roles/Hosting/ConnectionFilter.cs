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
    RoleHostOptions options, ConnectionGate gate, CallerGate callers, RoleHostMetrics metrics, ILogger<ConnectionFilter> logger)
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

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
        var ticket = gate.Enter(address, () => GiveWay(connection, address));
        var began = options.Time.GetTimestamp();
        using var lifetime = options.Time.CreateTimer(
            _ => LookAtStranger(connection, ticket, began), null, options.Limits.LifetimeUnderPressure, options.Limits.LifetimeUnderPressure);
        try
        {
            if (await BeginsWithTlsAsync(connection) is { } isTls)
            {
                ticket.Advance(isTls ? ConnectionStage.Handshake : ConnectionStage.Stranger);
                using var known = new RoleConnection(
                    new IPEndPoint(address, remote.Port), ticket, isTls, new PeerCertificate(options.Credentials), new CallerShare(callers, "", ticket.Site));
                connection.Features.Set(known);
                await (isTls ? tls : plain)(connection);
            }
        }
        finally
        {
            ticket.Leave();
        }
    }

    /// <summary>
    /// Whether a connection speaks TLS, once its whole hello has arrived; null when it was closed, or took too long. The bytes stay in the connection.
    /// A part of a hello costs its sender nothing, so nothing of ours waits in the handshake for the rest.
    /// </summary>
    private async Task<bool?> BeginsWithTlsAsync(ConnectionContext connection)
    {
        using var timeout = new CancellationTokenSource(options.Limits.FirstByte, options.Time);
        var input = connection.Transport.Input;
        var isHello = false;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(timeout.Token);
                var received = read.Buffer;
                if (!received.IsEmpty && received.FirstSpan[0] != TlsHello.FirstByte)
                {
                    input.AdvanceTo(received.Start);
                    return false;
                }

                if (TlsHello.IsComplete(received))
                {
                    input.AdvanceTo(received.Start);
                    return true;
                }

                var hasBegun = !received.IsEmpty;
                input.AdvanceTo(received.Start, received.End);
                if (read.IsCompleted || read.IsCanceled)
                {
                    return null;
                }

                if (hasBegun && !isHello)
                {
                    isHello = true;
                    timeout.CancelAfter(options.Limits.Handshake);
                }
            }
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException)
        {
            metrics.CountDropped("reset");
            return null;
        }
        catch (OperationCanceledException)
        {
            metrics.CountDropped("silent");
            connection.Abort();
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
            known.Ticket.Advance(ConnectionStage.Stranger);
            await next(connection);
            return;
        }

        var site = known.Ticket.Site;
        known.Share = CallerShare.Of(callers, known.Peer.Require().ToCaller(), site);
        known.Excess = known.Share.Take(CallerResource.Connections, 1);
        if (known.Excess is not null)
        {
            metrics.CountDropped("caller");
            if (_budget.TryTake(out var suppressed))
            {
                LogTooMany(known.Excess, suppressed);
            }

            known.Ticket.Advance(ConnectionStage.Stranger);
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
            known.Share.GiveBack(CallerResource.Connections, 1);
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

    private void GiveWay(ConnectionContext connection, IPAddress address)
    {
        metrics.CountDropped("limit");
        if (_budget.TryTake(out var suppressed))
        {
            LogGaveWay(address, gate.Count, suppressed);
        }

        connection.Abort();
    }

    /// <summary>Closes a connection that has stayed without a good certificate for its time, which is short while many do.</summary>
    private void LookAtStranger(ConnectionContext connection, ConnectionGate.Ticket ticket, long began)
    {
        var isOver = options.Time.GetElapsedTime(began) >= options.Limits.UnauthenticatedLifetime;
        if (!ticket.IsHeld || (!isOver && !ticket.IsUnderPressure))
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
