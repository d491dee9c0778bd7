using System.CommandLine;
using System.Runtime.CompilerServices;
using Dom.Cli.Completion;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Rpc;

namespace Dom.Cli.Commands;

/// <summary>What the verbs about directories of image names share.</summary>
internal static class ImageDirectories
{
    /// <summary>The argument that names a directory.</summary>
    public static Argument<string> Argument() =>
        new Argument<string>("directory") { Description = "The directory, such as debian/bookworm.", HelpName = "DIRECTORY" }.CompletesWith(NameKind.ImageDirectory);

    /// <summary>Prints one directory that was changed.</summary>
    public static int Print(CommandRun run, ImageDirectory directory, string line)
    {
        run.Output.Document(new ImageDirectoriesDocument([ImageDirectoryEntry.Of(directory)]), ImageJson.Default.ImageDirectoriesDocument);
        run.Output.Line(line);
        return ExitCode.Done;
    }

    /// <summary>A directory that was made, and those below it.</summary>
    public static async IAsyncEnumerable<ImageDirectory> ListAsync(RpcChannel server, string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in server.StreamAsync(ImageServerMethods.ListDirectories, new DirectoryRequest { Path = path }, cancellationToken))
        {
            foreach (var directory in page.Directories)
            {
                yield return directory;
            }
        }
    }

    /// <summary>One directory that was made.</summary>
    /// <exception cref="CommandException">Nobody made it.</exception>
    public static async Task<ImageDirectory> FindAsync(RpcChannel server, string path, CancellationToken cancellationToken)
    {
        var name = path.TrimEnd('/');
        return await ListAsync(server, name, cancellationToken).FirstOrDefaultAsync(d => d.Path == name, cancellationToken)
            ?? throw new CommandException(ExitCode.NotFound, ImageErrorCode.NoSuchDirectory, $"there is no directory {name}", $"`dom image mkdir {name}` makes it");
    }

    /// <summary>An owner in words.</summary>
    public static string Owner(ImageDirectory directory) => directory.OwnerGroup.Length > 0 ? $"group {directory.OwnerGroup}" : "the owner of the directory above";
}
