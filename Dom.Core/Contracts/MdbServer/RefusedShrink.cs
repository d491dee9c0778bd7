using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>A list that lost too many machines at once and is not used.</summary>
[MessagePackObject]
public sealed partial record RefusedShrink
{
    /// <summary>The source; empty for the merged list.</summary>
    public string Source { get; init; } = "";

    /// <summary>Machines that are missing.</summary>
    public int Lost { get; init; }

    /// <summary>Machines there were.</summary>
    public int Of { get; init; }

    /// <summary>Names of some that are missing.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Since when it is refused.</summary>
    public DateTimeOffset Since { get; init; }
}
