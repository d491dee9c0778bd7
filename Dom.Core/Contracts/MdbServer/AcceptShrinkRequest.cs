using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>Takes what was refused because it lost too many machines.</summary>
[MessagePackObject]
public sealed partial record AcceptShrinkRequest
{
    /// <summary>The source; empty for everything that is refused.</summary>
    public string Source { get; init; } = "";

    /// <summary>Why the machines are gone; must not be empty.</summary>
    public required string Reason { get; init; }

    /// <summary>How many machines the caller knows to be missing; more are refused. Zero for any number.</summary>
    public int AtMost { get; init; }
}
