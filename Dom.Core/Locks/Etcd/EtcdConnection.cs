using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dom.Core.Locks.Etcd;

/// <summary>HTTP to the members of an etcd: one is asked, the next one when it does not answer, each for a bounded time.</summary>
internal sealed class EtcdConnection : IDisposable
{
    private const int MaxReply = 4 << 20;

    private readonly EtcdOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private int _preferred;

    /// <summary>Prepares; nothing is connected yet.</summary>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public EtcdConnection(EtcdOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.Timeout,
            AllowAutoRedirect = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            MaxResponseHeadersLength = 16,
        };
        try
        {
            if (options.CaFile is { } authority)
            {
                var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.ImportFromPemFile(authority);
                handler.SslOptions.CertificateChainPolicy = policy;
            }

            if (options.CertificateFile is { } certificate)
            {
                handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, options.KeyFile)];
            }
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            handler.Dispose();
            throw new InvalidDataException($"the certificates for etcd cannot be used: {fault.Message}", fault);
        }

        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxReply };
    }

    /// <summary>The members in words.</summary>
    public string Description => $"etcd {string.Join(", ", _options.Endpoints.Select(static e => e.Authority))}";

    /// <summary>Asks one member after the other until one answers.</summary>
    /// <param name="make">Makes the request for a member.</param>
    /// <param name="writes">True for a request that changes something: when its answer is missing it is not sent to another member, because nobody knows its fate.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="SemaphoreStoreException">None answered, or the answer to a write is missing.</exception>
    public async Task<EtcdReply> SendAsync(Func<Uri, HttpRequestMessage> make, bool writes, CancellationToken cancellationToken)
    {
        SemaphoreStoreException? last = null;
        var first = Volatile.Read(ref _preferred);
        for (var i = 0; i < _options.Endpoints.Count; i++)
        {
            var index = (first + i) % _options.Endpoints.Count;
            var member = _options.Endpoints[index];
            try
            {
                var reply = await SendAsync(make(member), member, writes, cancellationToken);
                Volatile.Write(ref _preferred, index);
                return reply;
            }
            catch (SemaphoreStoreException fault) when (!fault.FateUnknown)
            {
                last = fault;
            }
        }

        throw last ?? new SemaphoreStoreException("no etcd is configured (EtcdEndpoints=)", fateUnknown: false);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<EtcdReply> SendAsync(HttpRequestMessage message, Uri member, bool writes, CancellationToken cancellationToken)
    {
        using var request = message;
        using var limit = new CancellationTokenSource(_options.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            var reply = new EtcdReply(response.StatusCode, await response.Content.ReadAsByteArrayAsync(either.Token));
            return (int)reply.Status >= 500
                ? throw new SemaphoreStoreException($"etcd {member.Authority} answers {(int)reply.Status}: {reply.Text}", fateUnknown: writes)
                : reply;
        }
        catch (HttpRequestException fault)
        {
            var notSent = fault.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
            throw new SemaphoreStoreException($"etcd {member.Authority} cannot be reached: {fault.Message}", fateUnknown: writes && !notSent, fault);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SemaphoreStoreException(
                $"etcd {member.Authority} does not answer within {_options.Timeout.TotalSeconds:0.#} s; it may have lost its quorum", fateUnknown: writes, fault);
        }
    }
}
