using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>The groups there are.</summary>
[MessagePackObject]
public sealed partial record LockGroupList
{
    /// <summary>Their names, sorted.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}
