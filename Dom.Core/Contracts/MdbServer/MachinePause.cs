using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>A machine is left as it is for a time.</summary>
[MessagePackObject]
public sealed partial record MachinePause
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>Who paused it.</summary>
    public required string User { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>When it was paused.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When the pause ends by itself.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>The machine is left out of the list, not only kept from updates.</summary>
    public bool Remove { get; init; }
}
