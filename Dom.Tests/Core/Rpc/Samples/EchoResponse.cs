using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc.Samples;

[MessagePackObject]
public sealed partial record EchoResponse
{
    public required string Text { get; init; }

    public string? User { get; init; }

    public int Number { get; init; }
}
