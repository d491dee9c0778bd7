using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Logger;

/// <summary>Some lines of a role's log, in their order. A follower gets one every few seconds even when there are none.</summary>
/// <remarks>Nothing is queued for a slow follower: it reads what is still kept, and is told how many lines are not.</remarks>
[MessagePackObject]
public sealed partial record LogLines
{
    /// <summary>Tells the runs of the role apart: with another one, numbers begin anew.</summary>
    public required long Epoch { get; init; }

    /// <summary>The last line that was looked at, chosen or not: where to go on.</summary>
    public long Next { get; init; }

    /// <summary>Lines before these that were no longer kept when they should have been sent; nobody knows whether they would have been chosen.</summary>
    public long Lost { get; init; }

    /// <summary>The lines.</summary>
    public IReadOnlyList<LogLine> Lines { get; init; } = [];
}
