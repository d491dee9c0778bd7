using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;

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
            .Prints(ImageJson.Default.ImageDirectoriesDocument)
            .WithDryRun()
            .WithExample("dom image rmdir web/old", "after its images were deleted")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new DirectoryRequest { Path = run.Value(path) };
                    if (run.IsDryRun)
                    {
                        return await LookAsync(run, request.Path, cancellationToken);
                    }

                    var removed = await run.ConnectToImageServer().CallAsync(ImageServerMethods.DeleteDirectory, request, cancellationToken);
                    return ImageDirectories.Print(run, removed, $"removed {removed.Path}");
                },
                Limit);
    }

    private static async Task<int> LookAsync(CommandRun run, string path, CancellationToken cancellationToken)
    {
        var server = run.ConnectToImageServer();
        var directory = await ImageDirectories.FindAsync(server, path, cancellationToken);
        var below = await ImageDirectories.ListAsync(server, directory.Path, cancellationToken).CountAsync(cancellationToken) - 1;
        var images = 0;
        await foreach (var page in server.StreamAsync(ImageServerMethods.ListImages, new ListImagesRequest { Directory = directory.Path }, cancellationToken))
        {
            images += page.Images.Count;
        }

        if (images + below > 0)
        {
            throw new CommandException(
                ExitCode.Refused,
                ImageErrorCode.DirectoryInUse,
                $"the directory {directory.Path} is not empty: it has {images} images and {below} directories",
                $"`dom image list {directory.Path}` and `dom image list-directories {directory.Path}` show them");
        }

        var report = new DryRunReport(run);
        report.Add(directory.Path, ImageDirectories.Owner(directory), "removed");
        return report.Print($"would remove the directory {directory.Path}");
    }
}
