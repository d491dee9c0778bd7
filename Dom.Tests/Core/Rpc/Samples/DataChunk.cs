using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc.Samples;

[MessagePackObject]
public sealed partial record DataChunk
{
    public long Offset { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }
}
