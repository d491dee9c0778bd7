using Dom.Core.Contracts.ImageServer;

namespace Dom.Cli.Output;

/// <summary>An image in lists for programs.</summary>
internal sealed record ImageEntry(string Name, string Manifest, long Inodes, long Bytes, DateTimeOffset CreatedOn, string CreatedBy)
{
    /// <summary>The entry of an image.</summary>
    public static ImageEntry Of(ImageInfo image) =>
        new(image.Name, image.Manifest.ToString(), image.Inodes, image.Bytes, image.CreatedOn, image.CreatedBy);
}
