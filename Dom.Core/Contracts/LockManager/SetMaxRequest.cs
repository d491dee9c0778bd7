using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>Sets the limit of a group.</summary>
[MessagePackObject]
public sealed partial record SetMaxRequest
{
    /// <summary>The group; empty for <c>default</c>.</summary>
    public string Group { get; init; } = "";

    /// <summary>A number, or a percentage of the group's machines; 0 closes the group.</summary>
    public required string Max { get; init; }

    /// <summary>Why; shown in the log of the group.</summary>
    public string Reason { get; init; } = "";
}
