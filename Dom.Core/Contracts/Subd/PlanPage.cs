using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Up to 1,000 steps of a plan; the first page carries the summary, the last the exceptions.</summary>
[MessagePackObject]
public sealed partial record PlanPage
{
    /// <summary>On the first page.</summary>
    public PlanSummary? Summary { get; init; }

    /// <summary>Steps in the order they are done.</summary>
    public IReadOnlyList<PlanLine> Steps { get; init; } = [];

    /// <summary>Held, blocked and unknown paths.</summary>
    public IReadOnlyList<PlanException> Exceptions { get; init; } = [];
}
