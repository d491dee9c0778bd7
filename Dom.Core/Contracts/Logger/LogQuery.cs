using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Logger;

/// <summary>Asks for lines of a role's log. A line is given when everything that is set here holds for it.</summary>
[MessagePackObject]
public sealed partial record LogQuery
{
    /// <summary>Only lines this important or more.</summary>
    public LogSeverity Level { get; init; }

    /// <summary>Only lines whose category has this in it, whatever its case.</summary>
    public string Category { get; init; } = "";

    /// <summary>Only lines with this in message, category or name of the event, whatever its case.</summary>
    public string Text { get; init; } = "";

    /// <summary>Only lines of this moment or later, by the role's clock; null for all that are kept.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only lines of this time before now, by the role's clock; null to go by <see cref="Since"/>.</summary>
    public TimeSpan? Last { get; init; }

    /// <summary>Only so many of the lines there are, the newest; null for all of them. Lines that come later are not counted.</summary>
    public int? Lines { get; init; }

    /// <summary>The <see cref="LogLines.Epoch"/> that <see cref="After"/> belongs to; 0 to begin anew.</summary>
    public long Epoch { get; init; }

    /// <summary>Goes on after this line, as <see cref="LogLines.Next"/> said; counts only with the epoch of this log.</summary>
    public long After { get; init; }
}
