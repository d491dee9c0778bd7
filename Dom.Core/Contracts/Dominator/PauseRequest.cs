using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Keeps machines from being changed for a time.</summary>
[MessagePackObject]
public sealed partial record PauseRequest
{
    /// <summary>The machines, up to 10,000.</summary>
    public required IReadOnlyList<string> Hostnames { get; init; }

    /// <summary>For how long from now, up to 366 days. A pause that a machine has is replaced.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Why, for everybody who asks later.</summary>
    public required string Reason { get; init; }
}
