using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Logger;

/// <summary>One line of a role's log. Its text is safe to print: control characters and marks of direction are escaped.</summary>
[MessagePackObject]
public sealed partial record LogLine
{
    /// <summary>Counts the lines of this log since the role started, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>When, by the role's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How important.</summary>
    public LogSeverity Level { get; init; }

    /// <summary>Which part of the program says it.</summary>
    public string Category { get; init; } = "";

    /// <summary>Number of the event; 0 for none.</summary>
    public int EventId { get; init; }

    /// <summary>Name of the event; empty for none.</summary>
    public string Event { get; init; } = "";

    /// <summary>What happened, with the fault that caused it if there was one.</summary>
    public string Message { get; init; } = "";
}
