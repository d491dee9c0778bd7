using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>A grant (rule 17): the sub may now read what it lacks of one image, and only that.</summary>
[MessagePackObject]
public sealed partial record FetchRequest
{
    /// <summary>Manifest of the required or planned image of the last poll.</summary>
    public required ObjectId Manifest { get; init; }

    /// <summary>Image servers (host:port) in the order they are tried; names are resolved at each connection.</summary>
    public required IReadOnlyList<string> Servers { get; init; }

    /// <summary>Most bytes a second; 0 means no limit.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>How long the grant lasts unless polls renew it.</summary>
    public TimeSpan Lifetime { get; init; }

    /// <summary>The hold under which it is given, <see cref="PollResponse.Hold"/> of the last poll; under another one it is refused.</summary>
    public ulong Hold { get; init; }

    /// <summary>What is granted.</summary>
    public FetchScope Scope { get; init; }
}
