using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>The images of the machine list.</summary>
[MessagePackObject]
public sealed partial record MdbImages
{
    /// <summary>Names, sorted, each once.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];
}
