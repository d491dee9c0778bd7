using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Lets an image that was rolled back on this machine be tried once more (rule 25).</summary>
[MessagePackObject]
public sealed partial record RetryRequest
{
    /// <summary>The manifest, <see cref="PollResponse.RolledBackManifest"/> of a poll; none for whichever it is.</summary>
    public ObjectId Manifest { get; init; }

    /// <summary>The hold under which it is given, <see cref="PollResponse.Hold"/> of the last poll; under another one it is refused.</summary>
    public ulong Hold { get; init; }

    /// <summary>Who asks and why; audited by the sub.</summary>
    public string Reason { get; init; } = "";
}
