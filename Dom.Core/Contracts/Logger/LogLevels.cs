using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Logger;

/// <summary>The levels in force in a role.</summary>
[MessagePackObject]
public sealed partial record LogLevels
{
    /// <summary>The level of each category that has one; of several that fit, the longest counts. The one with the empty name is for all others.</summary>
    public IReadOnlyList<LogLevelRule> Rules { get; init; } = [];
}
