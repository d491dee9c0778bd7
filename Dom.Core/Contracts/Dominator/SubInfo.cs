using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>What the master knows of one machine.</summary>
[MessagePackObject]
public sealed partial record SubInfo
{
    /// <summary>Host name, the key.</summary>
    public required string Hostname { get; init; }

    /// <summary>Status word, as in docs/master.md.</summary>
    public required string Status { get; init; }

    /// <summary>More about the status, for people.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Address of the last connection.</summary>
    public string Address { get; init; } = "";

    /// <summary>Location from the machine list.</summary>
    public string Location { get; init; } = "";

    /// <summary>Image it must be equal to.</summary>
    public string RequiredImage { get; init; } = "";

    /// <summary>Digest of that image's manifest, none while the image is not known.</summary>
    public ObjectId RequiredManifest { get; init; }

    /// <summary>A newer image in the required image's directory, that does not expire; empty when there is none, or none is known.</summary>
    public string NewerImage { get; init; } = "";

    /// <summary>Image it will need next.</summary>
    public string PlannedImage { get; init; } = "";

    /// <summary>Tags from the machine list.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>True when the machine list disables its updates.</summary>
    public bool UpdatesDisabled { get; init; }

    /// <summary>Its pause, while it has one.</summary>
    public SubPause? Pause { get; init; }

    /// <summary>Last time it answered, by the master's clock; null when never.</summary>
    public DateTimeOffset? LastAnswer { get; init; }

    /// <summary>Last time it became compliant.</summary>
    public DateTimeOffset? LastSync { get; init; }

    /// <summary>Last time an update of it ended.</summary>
    public DateTimeOffset? LastUpdate { get; init; }

    /// <summary>Last time it was seen to have rebooted; null when not since the master started.</summary>
    public DateTimeOffset? LastReboot { get; init; }

    /// <summary>How far its clock is ahead of the master's.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>Drift corrected since the master started.</summary>
    public long Corrections { get; init; }

    /// <summary>Plan id of a safety stop that waits to be cleared.</summary>
    public ObjectId SafetyStopPlan { get; init; }

    /// <summary>The master that holds it, when it is not this one.</summary>
    public MasterHold? HeldBy { get; init; }

    /// <summary>Its last answer; null when never, and while another master holds it.</summary>
    public PollResponse? State { get; init; }
}
