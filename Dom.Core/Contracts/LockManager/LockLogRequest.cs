using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>Asks for what happened.</summary>
[MessagePackObject]
public sealed partial record LockLogRequest
{
    /// <summary>One group; empty for all.</summary>
    public string Group { get; init; } = "";

    /// <summary>Nothing before this.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The last so many; 0 for all that are kept.</summary>
    public int Limit { get; init; }
}
