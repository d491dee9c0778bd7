using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>What a machine is compared with: rule 16's (manifest digest, computed-set digest). The name is for people and logs only.</summary>
[MessagePackObject]
public sealed partial record ImageReference
{
    /// <summary>Name of the image.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of its manifest.</summary>
    public required ObjectId Manifest { get; init; }

    /// <summary>Digest of the computed set of this machine; none when the image has no computed files or the set is not known.</summary>
    public ObjectId ComputedSet { get; init; }

    /// <summary>True when a machine that has one has the other, whatever their names.</summary>
    public bool IsSameAs(ImageReference? other) => other is not null && other.Manifest == Manifest && other.ComputedSet == ComputedSet;
}
