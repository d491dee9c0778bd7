using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Brings machines to their images now: without waiting for turns and fetch slots, which they take all the same, and never past a stop (rule 25).</summary>
[MessagePackObject]
public sealed partial record FastUpdateRequest
{
    /// <summary>The machines, up to 1,000.</summary>
    public required IReadOnlyList<string> Hostnames { get; init; }

    /// <summary>Why, for everybody who asks later.</summary>
    public required string Reason { get; init; }

    /// <summary>How long to wait for them, up to a day; zero for 15 minutes.</summary>
    public TimeSpan Timeout { get; init; }
}
