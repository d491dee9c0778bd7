using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Sets speeds for all subs.</summary>
[MessagePackObject]
public sealed partial record ConfigureSubsRequest
{
    /// <summary>The speeds; they replace those set before.</summary>
    public required SubSettings Settings { get; init; }

    /// <summary>Why, for everybody who asks later.</summary>
    public required string Reason { get; init; }
}
