using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>A control for some machines with its reason, which must not be empty.</summary>
[MessagePackObject]
public sealed partial record MachinesRequest
{
    /// <summary>The machines, up to 10,000.</summary>
    public required IReadOnlyList<string> Hostnames { get; init; }

    /// <summary>Why, for everybody who asks later.</summary>
    public required string Reason { get; init; }
}
