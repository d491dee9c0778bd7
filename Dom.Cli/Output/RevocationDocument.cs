namespace Dom.Cli.Output;

/// <summary>The document of <c>dom cert revoke --json</c>.</summary>
internal sealed record RevocationDocument(string File, bool DryRun, IReadOnlyList<CertificateEntry> Revoked);
