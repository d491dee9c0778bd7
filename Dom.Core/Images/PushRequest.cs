using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;

namespace Dom.Core.Images;

/// <summary>What is pushed.</summary>
public sealed record PushRequest
{
    /// <summary>Name the image gets.</summary>
    public required ImageName Name { get; init; }

    /// <summary>The directory whose content becomes the image; it is not changed.</summary>
    public required string Directory { get; init; }

    /// <summary>Paths left out, and left alone on machines.</summary>
    public PathFilter Filter { get; init; } = PathFilter.Empty;

    /// <summary>Services to restart.</summary>
    public TriggerSet Triggers { get; init; } = TriggerSet.Empty;

    /// <summary>How much of a machine the image describes.</summary>
    public ImageMode Mode { get; init; }

    /// <summary>Owner of all inodes; null keeps the owners they have.</summary>
    /// <remarks>With an owner other than root, devices and attributes that only root can set are left out too.</remarks>
    public ImageOwner? Owner { get; init; }

    /// <summary>Notes for people.</summary>
    public string Notes { get; init; } = "";

    /// <summary>Free words about the image.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Uploads at a time.</summary>
    public int Streams { get; init; } = 4;
}
