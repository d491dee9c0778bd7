using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees.Comparison;

namespace Dom.Core.Contracts.Subd;

/// <summary>A path that is held, blocked or unknown, and why.</summary>
[MessagePackObject]
public sealed partial record PlanException
{
    /// <summary>Which of the three.</summary>
    public required PlanExceptionKind Kind { get; init; }

    /// <summary>The path.</summary>
    public required UnixPath Path { get; init; }

    /// <summary>Why, for people.</summary>
    public string Reason { get; init; } = "";
}
