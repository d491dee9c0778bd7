using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>A machine that must not be changed for a time.</summary>
[MessagePackObject]
public sealed partial record SubPause
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>When the pause ends, by the master's clock.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Who paused it.</summary>
    public string User { get; init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When it was paused.</summary>
    public DateTimeOffset Since { get; init; }
}
