using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>The machine list that was accepted.</summary>
[MessagePackObject]
public sealed partial record MachineListResponse
{
    /// <summary>Machines in it.</summary>
    public int Machines { get; init; }

    /// <summary>Machines of the list before that are not in it.</summary>
    public int Lost { get; init; }
}
