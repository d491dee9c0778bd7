namespace Dom.Core.Rpc;

/// <summary>Stable codes of the errors which the RPC core itself raises. Services add their own, such as <c>PlanChanged</c>.</summary>
public static class RpcErrorCode
{
    /// <summary>The bytes are not the message they should be.</summary>
    public const string Malformed = "Malformed";

    /// <summary>A message exceeds the limit of its method.</summary>
    public const string TooLarge = "TooLarge";

    /// <summary>A stream or body ended before its end mark.</summary>
    public const string Truncated = "Truncated";

    /// <summary>The sender was slower than the server waits.</summary>
    public const string TooSlow = "TooSlow";

    /// <summary>No client certificate was shown.</summary>
    public const string NoCertificate = "NoCertificate";

    /// <summary>The certificate leads to no authority this side trusts.</summary>
    public const string UntrustedCertificate = "UntrustedCertificate";

    /// <summary>The certificate has expired.</summary>
    public const string CertificateExpired = "CertificateExpired";

    /// <summary>The certificate is not valid yet.</summary>
    public const string CertificateNotYetValid = "CertificateNotYetValid";

    /// <summary>The certificate is on the revocation list.</summary>
    public const string CertificateRevoked = "CertificateRevoked";

    /// <summary>The certificate is not for this use, or its contents are wrong.</summary>
    public const string CertificateUnfit = "CertificateUnfit";

    /// <summary>The certificate belongs to another host or role than the one called.</summary>
    public const string WrongServer = "WrongServer";

    /// <summary>The certificate does not grant the method.</summary>
    public const string MethodNotGranted = "MethodNotGranted";

    /// <summary>A script or form in a browser made the call.</summary>
    public const string WebPage = "WebPage";

    /// <summary>The server does not know the method.</summary>
    public const string UnknownMethod = "UnknownMethod";

    /// <summary>The server could not be connected to, or the connection broke.</summary>
    public const string Unreachable = "Unreachable";

    /// <summary>The caller has as many connections, calls or bytes under way as one caller may have; the message says which.</summary>
    public const string CallerLimit = "CallerLimit";

    /// <summary>The server is busy with something that excludes this.</summary>
    public const string Busy = "Busy";
}
