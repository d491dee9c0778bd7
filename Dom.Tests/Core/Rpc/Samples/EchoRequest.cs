using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc.Samples;

[MessagePackObject]
public sealed partial record EchoRequest
{
    public required string Text { get; init; }

    public int Count { get; init; }

    public TimeSpan Delay { get; init; }
}
