using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>What became of one path that was to be removed.</summary>
[MessagePackObject]
public sealed partial record DeletedPath
{
    /// <summary>The path.</summary>
    public required UnixPath Path { get; init; }

    /// <summary>Why it stands still; empty when it was removed.</summary>
    public string Error { get; init; } = "";
}
