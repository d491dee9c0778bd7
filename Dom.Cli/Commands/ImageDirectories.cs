using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;

namespace Dom.Cli.Commands;

/// <summary>What the verbs about directories of image names share.</summary>
internal static class ImageDirectories
{
    /// <summary>The argument that names a directory.</summary>
    public static Argument<string> Argument() => new("directory") { Description = "The directory, such as debian/bookworm.", HelpName = "DIRECTORY" };

    /// <summary>Prints one directory that was changed.</summary>
    public static int Print(CommandRun run, ImageDirectory directory, string line)
    {
        run.Output.Document(new ImageDirectoriesDocument([ImageDirectoryEntry.Of(directory)]), ImageJson.Default.ImageDirectoriesDocument);
        run.Output.Line(line);
        return ExitCode.Done;
    }

    /// <summary>An owner in words.</summary>
    public static string Owner(ImageDirectory directory) => directory.OwnerGroup.Length > 0 ? $"group {directory.OwnerGroup}" : "the owner of the directory above";
}
