using Dom.Core.Rpc;

namespace Dom.Roles.Hosting.Configuration;

/// <summary>Files with certificates and keys. Each role's section may override each of them.</summary>
public sealed record TlsOptions
{
    /// <summary>The certificate authority whose certificates carry identity and methods.</summary>
    public string CaFile { get; init; } = "/etc/ssl/CA.pem";

    /// <summary>The authority whose certificates carry identity only; null for none.</summary>
    public string? IdentityCaFile { get; init; }

    /// <summary>This program's certificate.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>The key of that certificate.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>The list of revoked certificates; null for none.</summary>
    public string? RevocationFile { get; init; }

    /// <summary>The keys of <c>[Tls]</c>.</summary>
    public static OptionTable<TlsOptions> Section { get; } = new OptionTable<TlsOptions>("Tls", "Certificates of all roles; a role's own section overrides each key.")
        .Key("CaFile", OptionTypes.Path, o => o.CaFile, (o, v) => o with { CaFile = v },
            "Certificate authority trusted for identity and methods.")
        .Key("IdentityCaFile", OptionTypes.OptionalPath, o => o.IdentityCaFile, (o, v) => o with { IdentityCaFile = v },
            "Certificate authority trusted for identity only, never for methods.")
        .Key("CertificateFile", OptionTypes.Path, o => o.CertificateFile, (o, v) => o with { CertificateFile = v },
            "Certificate of this role; by default in /etc/ssl/dominator, subd or imageserver.")
        .Key("KeyFile", OptionTypes.Path, o => o.KeyFile, (o, v) => o with { KeyFile = v },
            "Private key of that certificate, readable by the role only.")
        .Key("RevocationFile", OptionTypes.OptionalPath, o => o.RevocationFile, (o, v) => o with { RevocationFile = v },
            "List of revoked certificates, as `dom cert revoke` writes it.");

    /// <summary>The defaults of a role: certificate and key in <c>/etc/ssl/NAME</c>.</summary>
    /// <param name="directory">The reference's name of the role: <c>dominator</c>, <c>subd</c>, <c>imageserver</c>.</param>
    public static TlsOptions For(string directory) =>
        new() { CertificateFile = $"/etc/ssl/{directory}/cert.pem", KeyFile = $"/etc/ssl/{directory}/key.pem" };

    /// <summary>Reads the files; they are read again whenever they change.</summary>
    /// <exception cref="Core.Rpc.Certificates.CertificateException">A file is missing or cannot be used.</exception>
    public RpcCredentials ReadCredentials(TimeProvider time) =>
        RpcCredentials.FromFiles(CaFile, IdentityCaFile, CertificateFile, KeyFile, RevocationFile, time);
}
