using System.Security.Cryptography.X509Certificates;
using Dom.Core.Rpc.Certificates;

namespace Dom.Core.Rpc.Http;

/// <summary>Decides whether the server at the other end is the one that was meant.</summary>
internal static class ServerIdentity
{
    /// <summary>Verifies a server's certificate: chain to an authority of ours, and host name or role.</summary>
    /// <exception cref="CertificateException">It is another, or not to be trusted.</exception>
    public static void Verify(RpcCredentialSet credentials, RpcEndpoint endpoint, X509Certificate? certificate, X509Chain? chain, DateTimeOffset now)
    {
        if (certificate is not X509Certificate2 leaf)
        {
            throw new CertificateException(RpcErrorCode.NoCertificate, "it showed no certificate");
        }

        var verified = credentials.Trust.Verify(leaf, chain?.ChainPolicy.ExtraStore ?? [], CertificatePurpose.Server, now);
        RequireNameOrRole(verified.Facts, endpoint);
    }

    /// <summary>A certificate with names must state one of the endpoint's; roles bind too when it states any. One without names must state the role.</summary>
    internal static void RequireNameOrRole(CertificateFacts facts, RpcEndpoint endpoint)
    {
        var hasNames = !facts.DnsNames.IsEmpty || !facts.Addresses.IsEmpty;
        var isNamed = CertificateNames.Matches(facts, endpoint.Host) || endpoint.ExpectedNames.Any(name => CertificateNames.Matches(facts, name));
        if (hasNames && !isNamed)
        {
            var stated = string.Join(", ", facts.DnsNames.AddRange(facts.Addresses.Select(address => address.ToString())));
            throw new CertificateException(
                RpcErrorCode.WrongServer, $"its certificate ({facts.Name}) is for {stated}, not for {string.Join(" or ", [endpoint.Host, .. endpoint.ExpectedNames])}");
        }

        var hasRole = endpoint.Role is not null && facts.Roles.Contains(endpoint.Role);
        if (!hasRole && (!hasNames || (endpoint.Role is not null && !facts.Roles.IsEmpty)))
        {
            var stated = facts.Roles.IsEmpty ? "states no role" : $"is for the role {string.Join(", ", facts.Roles)}";
            var wanted = endpoint.Role is null ? $"the host {endpoint.Host}" : $"the role {endpoint.Role}";
            throw new CertificateException(
                RpcErrorCode.WrongServer,
                $"its certificate ({facts.Name}) {stated} and {(hasNames ? "states names" : "no host names")}; it does not prove {wanted}"
                + " (issue it with --role or --host)");
        }
    }
}
