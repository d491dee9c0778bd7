using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Images;

namespace Dom.Cli.Commands;

/// <summary><c>dom image</c>: pushes, lists, shows, compares, unpacks and deletes images.</summary>
internal static class ImageCommand
{
    /// <summary>Builds the command with its verbs.</summary>
    public static Command Build() => new VerbGroup("image", "Pushes, lists, shows, compares, unpacks and deletes images.")
    {
        ImagePushCommand.Build(),
        ImageListCommand.Build(),
        ImageShowCommand.Build(),
        ImageGetCommand.Build(),
        ImageGetFileCommand.Build(),
        ImageTarCommand.Build(),
        ImageBuildLogCommand.Build(),
        ImageDiffCommand.Build(),
        ImageWaitCommand.Build(),
        ImageCheckCommand.Build(),
        ImageDeleteCommand.Build(),
        ImageGcCommand.Build(),
        ImageFindLatestCommand.Build(),
        ImageEstimateUsageCommand.Build(),
        ImageListUnusedCommand.Build(),
        ImageExtendCommand.Build(),
        ImageListDirectoriesCommand.Build(),
        ImageMkdirCommand.Build(),
        ImageChownCommand.Build(),
        ImageExpiryRuleCommand.Build(),
        ImageRmdirCommand.Build(),
        ImageTestFilterCommand.Build(),
        ImageMatchTriggersCommand.Build(),
        ImageMergeFiltersCommand.Build(),
        ImageMergeTriggersCommand.Build(),
    };

    /// <summary>The argument that names an image.</summary>
    public static Argument<string> NameArgument(string name = "name", string description = "The image, such as debian/bookworm/2026-11-20.") =>
        new Argument<string>(name) { Description = description, HelpName = name.ToUpperInvariant() }.CompletesWith(NameKind.Image);

    /// <summary>Reads an image name from the command line.</summary>
    public static ImageName ParseName(string text) => ImageName.TryParse(text, out var name, out var reason)
        ? name
        : throw new CommandException(ExitCode.Usage, ImageErrorCode.BadName, reason);

    /// <summary>The image server as a place to read from.</summary>
    public static ImageSource Source(CommandRun run) => new(run.Client.ImageServer.ToString(), run.ConnectToImageServer());
}
