using System.Collections.Immutable;

namespace Dom.Core.Rpc.Certificates;

/// <summary>What a new certificate is to state.</summary>
public sealed record CertificateOrder
{
    /// <summary>The common name: a user, a machine or a service.</summary>
    public required string Name { get; init; }

    /// <summary>Roles it may serve in.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>Method patterns it grants.</summary>
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>Groups its holder is in.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>DNS names and addresses it may serve under.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>Start of validity; null for five minutes ago, so that clocks may differ a little.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>How long it is valid from now on; never longer than its authority.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(365);
}
