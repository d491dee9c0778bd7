namespace Dom.Cli.Output;

/// <summary>A certificate as <c>dom cert show</c> prints it; <see cref="State"/> is <c>valid</c>, <c>expired</c> or <c>not yet valid</c>.</summary>
internal sealed record CertificateEntry(
    string File,
    string Name,
    bool IsAuthority,
    string Issuer,
    string State,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<string> Methods,
    IReadOnlyList<string> Groups,
    string SerialNumber,
    string Fingerprint);
