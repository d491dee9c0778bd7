using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees.Comparison;

namespace Dom.Core.Contracts.Subd;

/// <summary>One step as people read it.</summary>
[MessagePackObject]
public sealed partial record PlanLine
{
    /// <summary>What the step does.</summary>
    public required PlanStepKind Kind { get; init; }

    /// <summary>The path.</summary>
    public required UnixPath Path { get; init; }

    /// <summary>What is there now.</summary>
    public InodeFacts? Old { get; init; }

    /// <summary>What will be there.</summary>
    public InodeFacts? New { get; init; }

    /// <summary>For a link, the name it becomes a link of.</summary>
    public UnixPath LinkTarget { get; init; }
}
