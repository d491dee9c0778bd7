using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Asks for the removal of files and empty directories.</summary>
[MessagePackObject]
public sealed partial record DeleteRequest
{
    /// <summary>Most paths of one call.</summary>
    public const int MaxPaths = 100;

    /// <summary>The absolute paths, in the order in which they are removed.</summary>
    public required IReadOnlyList<UnixPath> Paths { get; init; }

    /// <summary>Why; must be given, audited by the sub.</summary>
    public string Reason { get; init; } = "";
}
