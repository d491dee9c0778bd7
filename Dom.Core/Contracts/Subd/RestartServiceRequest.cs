using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Asks for the restart of one service.</summary>
[MessagePackObject]
public sealed partial record RestartServiceRequest
{
    /// <summary>Most characters of a name.</summary>
    public const int MaxName = 256;

    /// <summary>Its name.</summary>
    public required string Service { get; init; }

    /// <summary>Why; must be given, audited by the sub.</summary>
    public string Reason { get; init; } = "";
}
