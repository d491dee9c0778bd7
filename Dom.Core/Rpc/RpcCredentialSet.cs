using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Dom.Core.Rpc.Certificates;

namespace Dom.Core.Rpc;

/// <summary>A certificate with its key, and the trust that goes with it, as they were read together.</summary>
public sealed class RpcCredentialSet
{
    internal RpcCredentialSet(X509Certificate2 certificate, X509Certificate2Collection intermediates, CertificateTrust trust, int generation)
    {
        Certificate = certificate;
        Trust = trust;
        Generation = generation;
        Facts = CertificateFacts.Read(certificate);
        Context = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
    }

    /// <summary>Our certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>What it states.</summary>
    public CertificateFacts Facts { get; }

    /// <summary>Our certificate as TLS sends it, with intermediates.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Whom we trust.</summary>
    public CertificateTrust Trust { get; }

    /// <summary>Counts reloads; a higher number is newer.</summary>
    public int Generation { get; }
}
