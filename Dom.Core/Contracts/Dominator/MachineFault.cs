using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>A machine to which a control could not be applied.</summary>
[MessagePackObject]
public sealed partial record MachineFault
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>Stable code.</summary>
    public string Code { get; init; } = "";

    /// <summary>Why, for people.</summary>
    public string Message { get; init; } = "";
}
