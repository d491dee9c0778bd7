using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Lets an image roll on after too many failures (rule 23).</summary>
[MessagePackObject]
public sealed partial record ClearHaltRequest
{
    /// <summary>The image.</summary>
    public required string Image { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }
}
