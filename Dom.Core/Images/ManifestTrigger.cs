using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Images;

/// <summary>A service that is stopped and started, or reloaded, around a change of matching paths; as in Dominator's trigger file.</summary>
[MessagePackObject]
public sealed partial record ManifestTrigger
{
    /// <summary>Expressions over absolute paths, of the filter's syntax.</summary>
    public required IReadOnlyList<string> MatchLines { get; init; }

    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>Order within a batch, version-aware; the empty name is first.</summary>
    public string SortName { get; init; } = "";

    /// <summary>Only reload after the change instead of stopping before and starting after it.</summary>
    public bool DoReload { get; init; }

    /// <summary>Reboot after the service was started.</summary>
    public bool DoReboot { get; init; }

    /// <summary>Disrupts: needs permission where a disruption manager is configured.</summary>
    public bool HighImpact { get; init; }
}
