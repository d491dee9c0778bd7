using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Asks what the sub knows of a path and of what is below it.</summary>
[MessagePackObject]
public sealed partial record ListFilesRequest
{
    /// <summary>The absolute path.</summary>
    public required UnixPath Path { get; init; }

    /// <summary>How many levels below the path are told: 0 for the path alone, 1 for what is in it; negative for everything.</summary>
    public int Depth { get; init; }
}
