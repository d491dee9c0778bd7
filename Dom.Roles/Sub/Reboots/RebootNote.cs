using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Roles.Sub.Reboots;

/// <summary>What is remembered of a reboot that an update asked for.</summary>
[MessagePackObject]
internal sealed partial record RebootNote
{
    /// <summary>How far it has come.</summary>
    public required RebootProgress Progress { get; init; }

    /// <summary>The boot in which the update ended: in another one the machine has rebooted.</summary>
    public required string BootId { get; init; }

    /// <summary>The image that the update brought.</summary>
    public required string Image { get; init; }

    /// <summary>Its manifest.</summary>
    public required ObjectId Manifest { get; init; }

    /// <summary>How many reboots updates to this very image have asked for, with this one, since the machine was last up for long enough.</summary>
    public required int Count { get; init; }

    /// <summary>How often the machine was told to reboot for this.</summary>
    public int Attempts { get; init; }

    /// <summary>Why it does not reboot by itself; empty when it does.</summary>
    public string Reason { get; init; } = "";
}
