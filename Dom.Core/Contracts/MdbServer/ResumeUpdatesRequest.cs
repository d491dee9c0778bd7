using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>Ends the pause of a machine.</summary>
[MessagePackObject]
public sealed partial record ResumeUpdatesRequest
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>Why, for the audit log; may be empty.</summary>
    public string Reason { get; init; } = "";
}
