namespace Dom.Core.Locks.Etcd;

/// <summary>How an etcd is reached.</summary>
public sealed record EtcdOptions
{
    /// <summary>The members, such as <c>https://10.0.0.1:2379</c>; the next one is asked when one does not answer.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>The authority of their certificates; null for those of the system.</summary>
    public string? CaFile { get; init; }

    /// <summary>The client certificate; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Its key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The user; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string Password { get; init; } = "";

    /// <summary>How long one request may take. etcd itself gives up after 7 s without a quorum.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(4);
}
