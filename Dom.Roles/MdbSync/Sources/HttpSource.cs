using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dom.Core.Machines;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>A list on a web server. It is asked for what changed since the last answer; time and size are limited.</summary>
internal sealed class HttpSource : IMachineSource
{
    private const int MaxTokenBytes = 16 << 10;
    private const int MaxRedirects = 5;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly SourceDefinition _definition;
    private readonly SourceLimits _limits;
    private readonly TimeProvider _clock;
    private readonly Uri _address;
    private readonly HttpClient _client;
    private EntityTagHeaderValue? _tag;
    private DateTimeOffset? _modified;

    public HttpSource(SourceDefinition definition, SourceLimits limits, TimeProvider clock)
    {
        _definition = definition;
        _limits = limits;
        _clock = clock;
        _address = definition.Address ?? throw new ArgumentException("the source has no address", nameof(definition));
        _client = new HttpClient(Handler(), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public async Task<SourceReading> ReadAsync(MachineList lastGood, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_limits.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await FetchAsync(either.Token);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{_address.Authority} did not deliver the list within {DurationText.Format(_limits.Timeout)}", fault);
        }
        catch (HttpRequestException fault)
        {
            throw new IOException($"{_address.Authority}: {Innermost(fault)}", fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<SourceReading> FetchAsync(CancellationToken cancellationToken)
    {
        using var request = await MakeRequestAsync(cancellationToken);
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotModified && (_tag is not null || _modified is not null))
        {
            return SourceReading.Unchanged;
        }

        RequireContent(response);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var list = await SourceFormat.ReadAsync(_definition, content, _limits, cancellationToken);

        // Only now: a list that could not be read must be delivered again.
        _tag = response.Headers.ETag;
        _modified = response.Content.Headers.LastModified;
        return new SourceReading(list, []);
    }

    private async Task<HttpRequestMessage> MakeRequestAsync(CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _address);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("dom-mdb-sync", null));
        if (_tag is not null)
        {
            request.Headers.IfNoneMatch.Add(_tag);
        }

        request.Headers.IfModifiedSince = _modified;
        if (_definition.TokenFile is { } file)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await ReadTokenAsync(file, cancellationToken));
        }

        return request;
    }

    private void RequireContent(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture, $"{_address.Authority} answered {(int)response.StatusCode} {response.ReasonPhrase}"));
        }

        var headers = response.Content.Headers;
        if (headers.ContentEncoding.Count > 0)
        {
            throw new IOException($"{_address.Authority} sent the encoding '{string.Join(", ", headers.ContentEncoding)}', which was not asked for");
        }

        if (headers.ContentLength > _limits.MaxBytes)
        {
            throw LimitedStream.TooLarge(_limits.MaxBytes);
        }

        if (headers.ContentLength is null && response.Headers.TransferEncodingChunked != true && SourceFormat.IsOpenEnded(_definition))
        {
            throw new IOException($"{_address.Authority} states no length, so a connection that was cut could not be told from a short list; use json, or a server that states it");
        }
    }

    private static async Task<string> ReadTokenAsync(string path, CancellationToken cancellationToken)
    {
        var info = new FileInfo(path);
        if (info.Exists && info.Length > MaxTokenBytes)
        {
            throw new IOException($"the token in {path} has more than {MaxTokenBytes} bytes");
        }

        var token = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        return token.Length > 0 && token.All(static c => c is > ' ' and < '\x7f')
            ? token
            : throw new IOException($"the file {path} must hold one token of printable characters");
    }

    private SocketsHttpHandler Handler()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            MaxAutomaticRedirections = MaxRedirects,
            UseCookies = false,
        };
        if (_definition.CaFile is { } authorities)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && LeadsTo(authorities, certificate, chain);
        }

        return handler;
    }

    /// <summary>The file is read at each handshake, so that authorities can be exchanged while the role runs.</summary>
    private static bool LeadsTo(string authorities, X509Certificate? certificate, X509Chain? received)
    {
        if (certificate is not X509Certificate2 leaf)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authorities);
        foreach (var element in received?.ChainElements.AsEnumerable() ?? [])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(leaf);
    }

    private static string Innermost(Exception fault)
    {
        while (fault.InnerException is { } inner)
        {
            fault = inner;
        }

        return fault.Message;
    }
}
