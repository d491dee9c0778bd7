using System.Security.Cryptography.X509Certificates;

namespace Dom.Core.Rpc.Certificates;

/// <summary>The chain policy handed to TLS itself, whose own verdict is not used: it must cost little and fetch nothing.</summary>
public static class TlsPolicy
{
    /// <summary>A policy that builds a chain from what is at hand only.</summary>
    public static X509ChainPolicy Bare() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };
}
