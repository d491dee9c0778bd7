using Dom.Core.Objects;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master.Images;

internal sealed partial class ImageResolver
{
    [LoggerMessage(4101, LogLevel.Information, "Image {Name} is {Manifest}, from {Server}.")]
    private static partial void LogImageKnown(ILogger logger, string name, ObjectId manifest, string server);

    [LoggerMessage(4102, LogLevel.Warning, "Image {Name} is gone: {Error}. Machines that require it are left as they are.")]
    private static partial void LogImageGone(ILogger logger, string name, string error);

    [LoggerMessage(4103, LogLevel.Warning, "What is known of image {Name} could not be saved, so a restart will need an image server: {Error}")]
    private static partial void LogSaveFailed(ILogger logger, string name, string error);
}
