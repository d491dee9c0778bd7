namespace Dom.Core.Rpc.Certificates;

/// <summary>Object identifiers in our certificates; those of methods and groups are Dominator's, so that certificates people have keep their meaning.</summary>
internal static class CertificateOid
{
    public const string Methods = "1.3.6.1.4.1.9586.100.7.1";
    public const string Groups = "1.3.6.1.4.1.9586.100.7.2";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string CommonName = "2.5.4.3";
    public const string SubjectAlternativeName = "2.5.29.17";
}
