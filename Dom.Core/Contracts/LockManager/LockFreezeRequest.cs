using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>Freezes a group, so that nothing is granted, or ends that.</summary>
[MessagePackObject]
public sealed partial record LockFreezeRequest
{
    /// <summary>The group; empty for <c>default</c>.</summary>
    public string Group { get; init; } = "";

    /// <summary>True to end the freeze.</summary>
    public bool Thaw { get; init; }

    /// <summary>Why; needed to freeze.</summary>
    public string Reason { get; init; } = "";

    /// <summary>For how long; zero until somebody ends it.</summary>
    public TimeSpan Duration { get; init; }
}
