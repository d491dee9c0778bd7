using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Triggers;

namespace Dom.Roles.Sub.Update;

/// <summary>One update: the plan, the image it brings, and what is done with services around it.</summary>
public sealed record UpdateOrder
{
    /// <summary>What to do.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The image the plan was made from.</summary>
    public required ImageReference Image { get; init; }

    /// <summary>The image that is there now, when the update brings another: what it replaces is kept as the way back. Null to keep nothing.</summary>
    public ImageReference? Previous { get; init; }

    /// <summary>True for the way back itself: contents come from what was kept.</summary>
    public bool IsWayBack { get; init; }

    /// <summary>Services to stop, start and reload.</summary>
    public TriggerActions Services { get; init; } = TriggerActions.None;

    /// <summary>The service of the sub itself, for <see cref="TriggerActions.RestartSelf"/>.</summary>
    public string Self { get; init; } = "";

    /// <summary>The files of the program that carries this out: what replaces them comes after everything else.</summary>
    public IReadOnlySet<UnixPath> OwnProgram { get; init; } = new HashSet<UnixPath>();

    /// <summary>Told when the update enters another phase.</summary>
    public Action<SubPhase> PhaseChanged { get; init; } = static _ => { };
}
