using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Asks for the contents of files that the machine's tree has; at most 1,000 a call. They come in this order.</summary>
[MessagePackObject]
public sealed partial record GetFilesRequest
{
    /// <summary>Most files of one call.</summary>
    public const int MaxFiles = 1000;

    /// <summary>The files.</summary>
    public required IReadOnlyList<FileReference> Files { get; init; }
}
