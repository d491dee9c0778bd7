namespace Dom.Core.Rpc;

/// <summary>Where a process finds its certificate and whom it trusts.</summary>
public sealed record RpcCredentialFiles
{
    /// <summary>Authorities with method power, PEM.</summary>
    public required string Ca { get; init; }

    /// <summary>Authorities for identity only, PEM; null or a missing file for none.</summary>
    public string? IdentityCa { get; init; }

    /// <summary>Our certificate, PEM, intermediates after it.</summary>
    public required string Certificate { get; init; }

    /// <summary>Its private key, PEM, not encrypted.</summary>
    public required string Key { get; init; }

    /// <summary>Revocation lists, PEM or DER; null for none. Once named it must exist.</summary>
    public string? Revocation { get; init; }
}
