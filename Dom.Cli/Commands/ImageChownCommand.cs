using System.CommandLine;
using Dom.Core.Contracts.ImageServer;

namespace Dom.Cli.Commands;

/// <summary><c>dom image chown</c>: gives a directory of image names to another group.</summary>
internal static class ImageChownCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var path = ImageDirectories.Argument();
        var group = new Argument<string>("group") { Description = "The new owner; '' for the owner of the directory above.", HelpName = "GROUP" };
        return new Verb("chown", "Gives a directory to another group.") { path, group }
            .WithExample("dom image chown web/edge edge-sre", "members of edge-sre own it from now on")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new ChownDirectoryRequest { Path = run.Value(path), OwnerGroup = run.Value(group) };
                    var changed = await run.ConnectToImageServer().CallAsync(ImageServerMethods.ChownDirectory, request, cancellationToken);
                    return ImageDirectories.Print(run, changed, $"{changed.Path} belongs to {ImageDirectories.Owner(changed)}");
                },
                Limit);
    }
}
