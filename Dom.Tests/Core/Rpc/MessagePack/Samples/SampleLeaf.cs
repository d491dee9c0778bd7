using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

[MessagePackObject]
public sealed partial record SampleLeaf
{
    public required string Name { get; init; }

    public int Count { get; init; }

    public SampleLeaf? Next { get; init; }
}
