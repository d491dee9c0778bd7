using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>State of the emergency stop.</summary>
[MessagePackObject]
public sealed partial record UpdatesSwitch
{
    /// <summary>True while no machine is changed.</summary>
    public bool Disabled { get; init; }

    /// <summary>Reason given with the last change of the switch.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who changed it.</summary>
    public string User { get; init; } = "";

    /// <summary>When, by the master's clock.</summary>
    public DateTimeOffset Since { get; init; }
}
