using System.CommandLine;
using Dom.Core.Contracts.ImageServer;

namespace Dom.Cli.Commands;

/// <summary><c>dom image rmdir</c>: removes an empty directory of image names.</summary>
internal static class ImageRmdirCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var path = ImageDirectories.Argument();
        return new Verb("rmdir", "Removes a directory that has no images and no directories in it.") { path }
            .WithExample("dom image rmdir web/old", "after its images were deleted")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new DirectoryRequest { Path = run.Value(path) };
                    var removed = await run.ConnectToImageServer().CallAsync(ImageServerMethods.DeleteDirectory, request, cancellationToken);
                    return ImageDirectories.Print(run, removed, $"removed {removed.Path}");
                },
                Limit);
    }
}
