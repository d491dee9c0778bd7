using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Dom.Core.Rpc.Certificates;

namespace Dom.Core.Rpc.Http;

/// <summary>The connections of a client under one state of its credentials.</summary>
internal sealed class RpcConnections : IDisposable
{
    private readonly RpcCredentials _credentials;
    private readonly RpcEndpoint _endpoint;
    private readonly HttpMessageInvoker _invoker;
    private volatile CertificateException? _refusal;

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

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker.SendAsync(request, cancellationToken);

    public void Dispose() => _invoker.Dispose();

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
