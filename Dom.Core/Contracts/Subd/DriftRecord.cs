using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>One deviation that no update caused, and that was corrected. Times are those of the sub's clock: shown, never compared with another's (rule 28).</summary>
[MessagePackObject]
public sealed partial record DriftRecord
{
    /// <summary>Its number in the sub's log, from 1, without gaps.</summary>
    public required long Number { get; init; }

    /// <summary>The path.</summary>
    public required UnixPath Path { get; init; }

    /// <summary>How it deviated.</summary>
    public required DriftKind Kind { get; init; }

    /// <summary>In what; for <see cref="DriftKind.Changed"/> only.</summary>
    public DriftFields Differs { get; init; }

    /// <summary>What stood there, without extended attributes; null when nothing did.</summary>
    public InodeFacts? Old { get; init; }

    /// <summary>What the correction put there, without extended attributes; null when it removed it.</summary>
    public InodeFacts? New { get; init; }

    /// <summary>When the sub first saw it.</summary>
    public DateTimeOffset FirstSeen { get; init; }

    /// <summary>When it was corrected.</summary>
    public DateTimeOffset CorrectedAt { get; init; }

    /// <summary>Name of the image it deviated from.</summary>
    public string Image { get; init; } = "";

    /// <summary>True when the path was contested by then (rule 26).</summary>
    public bool Contested { get; init; }
}
