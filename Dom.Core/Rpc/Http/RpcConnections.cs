using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Dom.Core.Rpc.Certificates;

namespace Dom.Core.Rpc.Http;

/// <summary>The connections of a client under one state of its credentials.</summary>
/// <remarks>Shared by the client and its calls; closed when the client has moved on to newer ones and the last call has ended.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Users are counted; the last one to leave disposes the invoker.")]
internal sealed class RpcConnections
{
    private readonly RpcCredentials _credentials;
    private readonly RpcEndpoint _endpoint;
    private readonly HttpMessageInvoker _invoker;
    private readonly CancellationTokenSource _closed = new();
    private volatile CertificateException? _refusal;
    private int _users = 1;

    public RpcConnections(RpcCredentials credentials, RpcCredentialSet current, RpcEndpoint endpoint, RpcClientOptions options)
    {
        _credentials = credentials;
        _endpoint = endpoint;
        Generation = current.Generation;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.BulkConnections,

            // A response that is given up may never end, and the handler at the other side learns of it only when the connection closes. One that was
            // read up to its end mark lacks a few bytes at most, and its connection is used again.
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(200),
            EnableMultipleHttp2Connections = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
            KeepAlivePingDelay = options.PingDelay,
            KeepAlivePingTimeout = options.PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13 | SslProtocols.Tls12,
                ClientCertificateContext = current.Context,
                CertificateChainPolicy = TlsPolicy.Bare(),
                RemoteCertificateValidationCallback = (_, certificate, chain, _) => IsServer(certificate, chain),
            },
        };
        _invoker = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    /// <summary>The generation of the credentials these connections use.</summary>
    public int Generation { get; }

    /// <summary>Why the server's certificate was refused, if it was.</summary>
    public CertificateException? Refusal => _refusal;

    /// <summary>Cancelled when the client is closed: the framework lets calls in flight go on.</summary>
    public CancellationToken Closed => _closed.Token;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker.SendAsync(request, cancellationToken);

    /// <summary>Counts one more user; false when the last one is gone already.</summary>
    public bool TryUse()
    {
        while (true)
        {
            var users = Volatile.Read(ref _users);
            if (users == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }
    }

    /// <summary>Ends one use; the last one closes the connections.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _invoker.Dispose();
        }
    }

    /// <summary>Closes the connections now; calls in flight fail.</summary>
    public void Close()
    {
        _closed.Cancel();
        _invoker.Dispose();
    }

    private bool IsServer(System.Security.Cryptography.X509Certificates.X509Certificate? certificate, System.Security.Cryptography.X509Certificates.X509Chain? chain)
    {
        try
        {
            ServerIdentity.Verify(_credentials.Current, _endpoint, certificate, chain, _credentials.Time.GetUtcNow());
            _refusal = null;
            return true;
        }
        catch (CertificateException refusal)
        {
            // TLS can only say no; the call that needed the connection reports the reason.
            _refusal = refusal;
            return false;
        }
    }
}
