using Dom.Core.Contracts.ObjectServer;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer;

/// <summary>Log lines of the image server: event ids 3000 to 3099.</summary>
internal static partial class ImageServerLog
{
    [LoggerMessage(3000, LogLevel.Information, "serving {Images} images from {Directory} on {Address}")]
    public static partial void Serving(this ILogger log, int images, string directory, string address);

    [LoggerMessage(3001, LogLevel.Information, "image {Image} added by {User}: {Inodes} inodes, {Bytes} bytes, manifest {Manifest}")]
    public static partial void ImageAdded(this ILogger log, string image, string user, long inodes, long bytes, string manifest);

    [LoggerMessage(3002, LogLevel.Information, "image {Image} deleted by {User}")]
    public static partial void ImageDeleted(this ILogger log, string image, string user);

    [LoggerMessage(3003, LogLevel.Error, "{Kind} {Digest} is corrupt on disk and was set aside; push an image that contains it again: {Fault}")]
    public static partial void CorruptObject(this ILogger log, ObjectKind kind, string digest, string fault);

    [LoggerMessage(3004, LogLevel.Error, "the name file {Path} is damaged and ignored: {Fault}")]
    public static partial void DamagedName(this ILogger log, string path, string fault);

    [LoggerMessage(3006, LogLevel.Information, "garbage collected: {Removed} objects of {Bytes} bytes removed, {Packs} packs replaced, {Kept} objects kept")]
    public static partial void GarbageCollected(this ILogger log, long removed, long bytes, long packs, long kept);

    [LoggerMessage(3007, LogLevel.Error, "garbage is not collected: {Fault}")]
    public static partial void GarbageNotCollected(this ILogger log, string fault);

    [LoggerMessage(3008, LogLevel.Information, "image {Image} expired on {On} and is forgotten")]
    public static partial void ImageExpired(this ILogger log, string image, DateTimeOffset on);

    [LoggerMessage(3009, LogLevel.Error, "expired images cannot be removed: {Fault}")]
    public static partial void ExpiryFailed(this ILogger log, string fault);

    [LoggerMessage(3010, LogLevel.Information, "scrub pass {Pass} ended: {Objects} objects verified since the start, {Damaged} damaged ones not yet pushed again")]
    public static partial void Scrubbed(this ILogger log, long pass, long objects, int damaged);

    [LoggerMessage(3011, LogLevel.Error, "the scrub pass ended early: {Fault}")]
    public static partial void ScrubFailed(this ILogger log, string fault);

    [LoggerMessage(3005, LogLevel.Error, "the pack {Path} is damaged and ignored, what it holds counts as missing; push the images that check reports again: {Fault}")]
    public static partial void DamagedPack(this ILogger log, string path, string fault);
}
