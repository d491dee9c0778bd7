using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>What became of the paths.</summary>
[MessagePackObject]
public sealed partial record DeleteResponse
{
    /// <summary>One for each path, in their order.</summary>
    public IReadOnlyList<DeletedPath> Paths { get; init; } = [];
}
