using System.Text.Json.Serialization;
using Dom.Core.Images;
using Dom.Core.Objects;

namespace Dom.Roles.Master.Images;

/// <summary>What the master knows of an image: enough to name it to machines and to judge plans, no tree.</summary>
internal sealed record ResolvedImage
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of the manifest.</summary>
    public required ObjectId Manifest { get; init; }

    /// <summary>True when the image describes only part of a machine, so nothing is deleted.</summary>
    public bool IsSparse { get; init; }

    /// <summary>Files whose content is computed for each machine.</summary>
    public IReadOnlyList<ComputedPath> ComputedPaths { get; init => field = value ?? []; } = [];

    /// <summary>True when every image server says that there is no such name any more. Machines that have the image are kept equal to it; no other is brought to it.</summary>
    public bool IsGone { get; init; }

    /// <summary>When the image may go; null for never. Shown only.</summary>
    public DateTimeOffset? ExpiresOn { get; init; }

    /// <summary>When it was added, by its server's clock; null while that is not known.</summary>
    public DateTimeOffset? CreatedOn { get; init; }

    /// <summary>The server that answered last.</summary>
    [JsonIgnore]
    public string Server { get; init; } = "";
}
