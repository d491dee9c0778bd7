using Dom.Core.Images.Sources;
using Dom.Core.Linux;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;

namespace Dom.Core.Images;

/// <summary>What is pushed.</summary>
public sealed record PushRequest
{
    /// <summary>Name the image gets.</summary>
    public required ImageName Name { get; init; }

    /// <summary>What becomes the image. The push disposes it.</summary>
    public required PushSource Source { get; init; }

    /// <summary>An image on top of which the source comes, as if its files were extracted over it; null for none.</summary>
    public DownloadedImage? Base { get; init; }

    /// <summary>Paths left out, and left alone on machines.</summary>
    public PathFilter Filter { get; init; } = PathFilter.Empty;

    /// <summary>Services to restart.</summary>
    public TriggerSet Triggers { get; init; } = TriggerSet.Empty;

    /// <summary>A command that tells whether a machine with the image is healthy; empty for none.</summary>
    public string HealthCommand { get; init; } = "";

    /// <summary>How much of a machine the image describes.</summary>
    public ImageMode Mode { get; init; }

    /// <summary>Owner of all inodes; null keeps the owners they have.</summary>
    /// <remarks>With an owner other than root, devices and attributes that only root can set are left out too.</remarks>
    public ImageOwner? Owner { get; init; }

    /// <summary>Notes for people.</summary>
    public string Notes { get; init; } = "";

    /// <summary>Free words about the image.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>What it was made from, for people: another image, a machine; empty where the same input from elsewhere should give the same manifest.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The log of its build; empty for none.</summary>
    public ReadOnlyMemory<byte> BuildLog { get; init; }

    /// <summary>When the image may go; null for never.</summary>
    public DateTimeOffset? ExpiresOn { get; init; }

    /// <summary>Paths whose content is computed for each machine; those that the tree does not have as such are left out.</summary>
    public IReadOnlyList<ComputedPath> ComputedPaths { get; init; } = [];

    /// <summary>Further such paths: regular files of the source with one name, whose content is not sent; the push fails when one is anything else.</summary>
    public IReadOnlyList<ComputedPath> NewComputedPaths { get; init; } = [];

    /// <summary>Paths the image must have, or nothing is pushed. One that ends with a slash must be a directory.</summary>
    public IReadOnlyList<UnixPath> RequiredPaths { get; init; } = [];

    /// <summary>Uploads at a time.</summary>
    public int Streams { get; init; } = 4;
}
