namespace Dom.Core.Rpc.Certificates;

/// <summary>A certificate that leads to an anchor.</summary>
/// <param name="Facts">What it states.</param>
/// <param name="HasMethodPower">Its methods count: it leads to an authority of CA.pem.</param>
/// <param name="NotBefore">Start of validity of the whole chain.</param>
/// <param name="NotAfter">End of validity of the whole chain.</param>
public sealed record VerifiedCertificate(CertificateFacts Facts, bool HasMethodPower, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>The caller it proves.</summary>
    public RpcCaller ToCaller() => new(Facts.Name, Facts.Groups, HasMethodPower ? Facts.Methods : []) { IsIdentityOnly = !HasMethodPower };
}
