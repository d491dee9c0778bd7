using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Logger;

/// <summary>The least important lines that a category logs.</summary>
[MessagePackObject]
public sealed partial record LogLevelRule
{
    /// <summary>The category, with all below it: <c>Dom.Roles.Sub</c> is also for <c>Dom.Roles.Sub.Update</c>. Empty for all.</summary>
    public string Category { get; init; } = "";

    /// <summary>The level.</summary>
    public LogSeverity Level { get; init; }

    /// <summary>Who set it; empty when it is so from the start of the role.</summary>
    public string User { get; init; } = "";

    /// <summary>When it was set; null when it is so from the start.</summary>
    public DateTimeOffset? SetAt { get; init; }

    /// <summary>When it goes back to what it was at the start; null for never.</summary>
    public DateTimeOffset? Until { get; init; }
}
