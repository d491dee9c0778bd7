using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>What became of a file that was pushed.</summary>
[MessagePackObject]
public sealed partial record PushFileResponse
{
    /// <summary>True when another file gave way to it.</summary>
    public bool Replaced { get; init; }
}
