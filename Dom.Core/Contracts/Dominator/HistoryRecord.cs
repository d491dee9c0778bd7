using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>One thing that happened to a machine, as the master saw it.</summary>
[MessagePackObject]
public sealed partial record HistoryRecord
{
    /// <summary>When, by the master's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What.</summary>
    public required HistoryKind Kind { get; init; }

    /// <summary>The image it is about.</summary>
    public string Image { get; init; } = "";

    /// <summary>The plan it is about.</summary>
    public ObjectId Plan { get; init; }

    /// <summary>Steps that bring the machine to the image.</summary>
    public int Steps { get; init; }

    /// <summary>Paths that cannot be brought to it.</summary>
    public int Blocked { get; init; }

    /// <summary>Paths that cannot be read.</summary>
    public int Unknown { get; init; }

    /// <summary>Paths that are changed again as often as they are corrected.</summary>
    public int Contested { get; init; }

    /// <summary>True for an update that only corrects drift.</summary>
    public bool IsDrift { get; init; }

    /// <summary>How it ended: done, failed, PlanChanged, …; for controls their name.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>How long it took.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>Who did it.</summary>
    public string User { get; init; } = "";

    /// <summary>Why, or what went wrong.</summary>
    public string Text { get; init; } = "";
}
