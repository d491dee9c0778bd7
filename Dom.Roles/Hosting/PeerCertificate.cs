using System.Security.Cryptography.X509Certificates;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;

namespace Dom.Roles.Hosting;

/// <summary>The client certificate of one connection and what it is worth. Judged again when the credentials change and when time passes its bounds.</summary>
internal sealed class PeerCertificate(RpcCredentials credentials)
{
    private const int MaxSent = 8;

    private static readonly TimeSpan RefusalHolds = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private byte[]? _leaf;
    private byte[][] _sent = [];
    private int _judgedGeneration;
    private long _judgedAt;
    private VerifiedCertificate? _verified;
    private CertificateException? _refusal;

    /// <summary>Subject of the certificate, for logs; null when none was shown.</summary>
    public string? Subject { get; private set; }

    /// <summary>Takes what TLS received, and lets TLS go on: the certificate is judged later. Bytes are kept, since TLS frees its objects.</summary>
    public bool Take(X509Certificate? certificate, X509Chain? chain)
    {
        if (certificate is X509Certificate2 leaf)
        {
            _leaf = leaf.RawData;
            Subject = leaf.Subject;
            _sent = [.. (chain?.ChainPolicy.ExtraStore ?? []).Take(MaxSent).Select(sent => sent.RawData)];
        }

        return true;
    }

    /// <summary>The caller the certificate proves.</summary>
    /// <exception cref="CertificateException">There is no certificate, or it does not count.</exception>
    public VerifiedCertificate Require()
    {
        if (_leaf is null)
        {
            throw new CertificateException(
                RpcErrorCode.NoCertificate, "a client certificate is needed; name one with --cert and --key, or keep cert.pem and key.pem in ~/.ssl");
        }

        var current = credentials.Current;
        var now = credentials.Time.GetUtcNow();
        lock (_lock)
        {
            if (_judgedGeneration != current.Generation || IsOutdated(now))
            {
                Judge(_leaf, current, now);
            }

            return _verified ?? throw _refusal ?? new CertificateException(RpcErrorCode.CertificateUnfit, "the certificate was not judged");
        }
    }

    /// <summary>A good verdict holds while the chain is in its time; a bad one for a second, so that asking again and again costs a stranger more than us.</summary>
    private bool IsOutdated(DateTimeOffset now) => _verified is null
        ? credentials.Time.GetElapsedTime(_judgedAt) >= RefusalHolds
        : now < _verified.NotBefore || now > _verified.NotAfter;

    private void Judge(byte[] raw, RpcCredentialSet current, DateTimeOffset now)
    {
        _judgedGeneration = current.Generation;
        _judgedAt = credentials.Time.GetTimestamp();
        _verified = null;
        using var leaf = X509CertificateLoader.LoadCertificate(raw);
        var sent = new X509Certificate2Collection();
        foreach (var further in _sent)
        {
            sent.Add(X509CertificateLoader.LoadCertificate(further));
        }

        try
        {
            _verified = current.Trust.Verify(leaf, sent, CertificatePurpose.Client, now);
        }
        catch (CertificateException refusal)
        {
            _refusal = refusal;
        }
        finally
        {
            foreach (var certificate in sent)
            {
                certificate.Dispose();
            }
        }
    }
}
