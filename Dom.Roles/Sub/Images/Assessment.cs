using Dom.Core.Contracts.Subd;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Triggers;

namespace Dom.Roles.Sub.Images;

/// <summary>How the machine stands to one image.</summary>
internal sealed record Assessment
{
    /// <summary>The image.</summary>
    public required ImageReference Image { get; init; }

    /// <summary>How much of it is here.</summary>
    public required ImageReadiness Readiness { get; init; }

    /// <summary>The image as loaded; null when it is not here.</summary>
    public LoadedImage? Loaded { get; init; }

    /// <summary>The difference; null when it cannot be told yet.</summary>
    public Plan? Plan { get; init; }

    /// <summary>The difference as polls report it.</summary>
    public PlanSummary? Summary { get; init; }

    /// <summary>What the plan does to services.</summary>
    public TriggerActions Services { get; init; } = TriggerActions.None;

    /// <summary>Contents the plan needs that are not in the object store.</summary>
    public IReadOnlyList<NeededObject> Missing { get; init; } = [];

    /// <summary>Until the first path that failed may be tried again, whose step is not in <see cref="Plan"/>; zero when none waits.</summary>
    public TimeSpan Rest { get; init; }

    /// <summary>Which room is missing; empty when there is enough.</summary>
    public string Shortage { get; init; } = "";

    /// <summary>Why the image cannot be used; empty when it can.</summary>
    public string Fault { get; init; } = "";
}
