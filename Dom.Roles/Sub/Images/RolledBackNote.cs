using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Roles.Sub.Images;

/// <summary>That an image did not prove itself on this machine, as kept on disk.</summary>
[MessagePackObject]
public sealed partial record RolledBackNote
{
    /// <summary>Name of the image.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its manifest.</summary>
    public ObjectId Manifest { get; init; }

    /// <summary>The computed set it came with.</summary>
    public ObjectId ComputedSet { get; init; }

    /// <summary>What failed, for people.</summary>
    public string Reason { get; init; } = "";

    /// <summary>How far the way back has come.</summary>
    public WayBackState State { get; init; }

    /// <summary>The image.</summary>
    public ImageReference ToReference() => new() { Name = Name, Manifest = Manifest, ComputedSet = ComputedSet };
}
