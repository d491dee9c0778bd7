using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>Pauses a machine.</summary>
[MessagePackObject]
public sealed partial record PauseUpdatesRequest
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>Why; must not be empty.</summary>
    public required string Reason { get; init; }

    /// <summary>For how long.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Leaves the machine out of the list; needs a certificate that lists the method.</summary>
    public bool Remove { get; init; }
}
