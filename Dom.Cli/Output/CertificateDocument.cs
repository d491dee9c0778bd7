namespace Dom.Cli.Output;

/// <summary>The document of <c>dom cert show --json</c> and of commands that make certificates.</summary>
internal sealed record CertificateDocument(IReadOnlyList<CertificateEntry> Certificates, IReadOnlyList<ErrorDetail> Failures);
