using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Dom.Core.Rpc.Certificates;

/// <summary>Says in words why a chain does not hold.</summary>
internal static class ChainRefusal
{
    private const X509ChainStatusFlags Elsewhere = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;

    /// <summary>The reason, or null when the certificate simply belongs to another authority.</summary>
    public static CertificateException? Explain(X509Chain chain, X509Certificate2 leaf, CertificatePurpose purpose, DateTimeOffset now)
    {
        var all = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);
        var name = CertificateFacts.DisplayName(leaf.SubjectName);
        if ((all & (Elsewhere | X509ChainStatusFlags.NotSignatureValid)) != 0)
        {
            return null;
        }

        if ((all & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            return OutOfTime(chain, name, now);
        }

        if ((all & X509ChainStatusFlags.NotValidForUsage) != 0)
        {
            var use = purpose == CertificatePurpose.Client ? "clients (clientAuth)" : "servers (serverAuth)";
            return new CertificateException(RpcErrorCode.CertificateUnfit, $"the certificate of {name} is not issued for {use}");
        }

        if ((all & X509ChainStatusFlags.InvalidBasicConstraints) != 0)
        {
            return new CertificateException(
                RpcErrorCode.UntrustedCertificate,
                $"the certificate of {name} was issued by '{CertificateFacts.DisplayName(leaf.IssuerName)}', which is not an authority");
        }

        var details = string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()));
        return new CertificateException(RpcErrorCode.CertificateUnfit, $"the certificate of {name} does not hold: {details}");
    }

    /// <summary>The refusal of a certificate whose chain has a revoked one.</summary>
    public static CertificateException Revoked(X509Certificate2 revoked, X509Certificate2 leaf)
    {
        var name = CertificateFacts.DisplayName(leaf.SubjectName);
        var what = revoked.Thumbprint == leaf.Thumbprint ? $"the certificate of {name}" : $"the authority above the certificate of {name}";
        return new CertificateException(
            RpcErrorCode.CertificateRevoked, $"{what} (serial {revoked.SerialNumber}) was revoked; a new one must be issued");
    }

    /// <summary>The refusal of a certificate outside its time, with the time it states and the time here.</summary>
    public static CertificateException OutOfTime(string what, DateTimeOffset notBefore, DateTimeOffset notAfter, DateTimeOffset now) => now > notAfter
        ? new CertificateException(
            RpcErrorCode.CertificateExpired, $"{what} expired at {Show(notAfter)} and the clock of the side that checks it says {Show(now)}; renew it, or set the clock right")
        : new CertificateException(
            RpcErrorCode.CertificateNotYetValid,
            $"{what} is valid from {Show(notBefore)} and the clock of the side that checks it says {Show(now)}; set the clock right, or wait");

    /// <summary>A time in an error, in UTC to the second.</summary>
    public static string Show(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static CertificateException OutOfTime(X509Chain chain, string name, DateTimeOffset now)
    {
        for (var i = 0; i < chain.ChainElements.Count; i++)
        {
            var element = chain.ChainElements[i];
            if (Array.Exists(element.ChainElementStatus, status => status.Status == X509ChainStatusFlags.NotTimeValid))
            {
                var what = i == 0
                    ? $"the certificate of {name}"
                    : $"the authority '{CertificateFacts.DisplayName(element.Certificate.SubjectName)}' above the certificate of {name}";
                return OutOfTime(what, element.Certificate.NotBefore.ToUniversalTime(), element.Certificate.NotAfter.ToUniversalTime(), now);
            }
        }

        return new CertificateException(RpcErrorCode.CertificateExpired, $"the certificate of {name} is outside its time");
    }
}
