using Dom.Core.Contracts.ImageServer;

namespace Dom.Cli.Output;

/// <summary>A directory of image names for programs.</summary>
internal sealed record ImageDirectoryEntry(
    string Path, string OwnerGroup, string Expiry, double? MaxLifetimeSeconds, DateTimeOffset CreatedOn, string CreatedBy)
{
    /// <summary>The entry of a directory.</summary>
    public static ImageDirectoryEntry Of(ImageDirectory directory) => new(
        directory.Path,
        directory.OwnerGroup,
        Rule(directory),
        directory.MaxLifetime?.TotalSeconds,
        directory.CreatedOn,
        directory.CreatedBy);

    /// <summary>The rule in a word.</summary>
    public static string Rule(ImageDirectory directory) => directory.Expiry.ToString().ToLowerInvariant();
}
