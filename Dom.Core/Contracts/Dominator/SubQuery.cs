using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Chooses machines; empty fields choose all.</summary>
[MessagePackObject]
public sealed partial record SubQuery
{
    /// <summary>Exact host names.</summary>
    public IReadOnlyList<string> Hostnames { get; init; } = [];

    /// <summary>Status words.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>Location prefixes, by path element.</summary>
    public IReadOnlyList<string> Locations { get; init; } = [];

    /// <summary>Tags, all of which must match.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Only machines whose required image has a newer one in its directory.</summary>
    public bool Outdated { get; init; }
}
