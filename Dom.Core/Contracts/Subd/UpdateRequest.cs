using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Rule 18's direction: carry out exactly this plan. The sub refuses a plan that is larger than allowed here.</summary>
[MessagePackObject]
public sealed partial record UpdateRequest
{
    /// <summary>The plan.</summary>
    public required ObjectId PlanId { get; init; }

    /// <summary>The manifest it was made from.</summary>
    public required ObjectId Manifest { get; init; }

    /// <summary>The sub's epoch the master saw.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Most creations allowed.</summary>
    public long Creations { get; init; }

    /// <summary>Most changes allowed.</summary>
    public long Changes { get; init; }

    /// <summary>Most deletions allowed.</summary>
    public long Deletions { get; init; }

    /// <summary>Inodes in scope the master saw.</summary>
    public long MachineInodes { get; init; }

    /// <summary>True when a person cleared the safety stop for this very plan.</summary>
    public bool OverrideSafety { get; init; }

    /// <summary>Who cleared it and why; audited by the sub.</summary>
    public string OverrideReason { get; init; } = "";

    /// <summary>True when a person lets a plan of high impact go on without asking who decides on disruptions.</summary>
    public bool ForceDisruption { get; init; }

    /// <summary>The hold under which it is given, <see cref="PollResponse.Hold"/> of the last poll; under another one it is refused.</summary>
    public ulong Hold { get; init; }

    /// <summary>How long the direction stays valid unless polls renew it.</summary>
    public TimeSpan Lifetime { get; init; }
}
