namespace Dom.Core.Rpc.Certificates;

/// <summary>A new certificate with its private key, both PEM.</summary>
public sealed record IssuedCertificate(string CertificatePem, string KeyPem);
