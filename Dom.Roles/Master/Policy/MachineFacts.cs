using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Objects;
using Dom.Roles.Master.Images;

namespace Dom.Roles.Master.Policy;

/// <summary>Everything a judgement of one machine rests on.</summary>
internal readonly record struct MachineFacts
{
    /// <summary>The entry of the machine list.</summary>
    public required Machine Machine { get; init; }

    /// <summary>The machine's last answer.</summary>
    public required PollResponse Answer { get; init; }

    /// <summary>The required image; null while it is not known.</summary>
    public ResolvedImage? Required { get; init; }

    /// <summary>Why the required image is not known.</summary>
    public string RequiredError { get; init; }

    /// <summary>The planned image; null when there is none or it is not known.</summary>
    public ResolvedImage? Planned { get; init; }

    /// <summary>Why updates of all machines are stopped; null when they are not.</summary>
    public string? EmergencyStop { get; init; }

    /// <summary>The machine's pause; null without one.</summary>
    public SubPause? Pause { get; init; }

    /// <summary>The plan that a person let through the safety stop; none when none was.</summary>
    public ObjectId ClearedPlan { get; init; }

    /// <summary>The manifest this machine was last compliant with since the master started.</summary>
    public ObjectId CompliantWith { get; init; }

    /// <summary>True when the machine need not ask who decides on disruptions.</summary>
    public bool DisruptionForced { get; init; }

    /// <summary>Why the machine's computed files could not be had the last time; null or empty when they could.</summary>
    public string? ComputedFault { get; init; }

    /// <summary>How the last fetch failed, while it is not to be tried again yet.</summary>
    public Judgement? FailedFetch { get; init; }

    /// <summary>How the last update failed, while it is not to be tried again yet.</summary>
    public Judgement? FailedUpdate { get; init; }
}
