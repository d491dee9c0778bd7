using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Logger;

/// <summary>Sets the level of a category of the running role, or takes back what was set. A restart takes everything back.</summary>
[MessagePackObject]
public sealed partial record SetLogLevelRequest
{
    /// <summary>The category, with all below it; empty for all that have no level of their own.</summary>
    public string Category { get; init; } = "";

    /// <summary>The least important lines to log.</summary>
    public LogSeverity Level { get; init; }

    /// <summary>Takes back the level that was set for this category, or with an empty one all that were set; <see cref="Level"/> does not count then.</summary>
    public bool Reset { get; init; }

    /// <summary>After this time the level goes back by itself, 1 second to 30 days; null for never.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Why, for the audit log.</summary>
    public string Reason { get; init; } = "";
}
