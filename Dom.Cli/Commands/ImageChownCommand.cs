using System.CommandLine;
using Dom.Cli.Output;
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
            .Prints(ImageJson.Default.ImageDirectoriesDocument)
            .WithDryRun()
            .WithExample("dom image chown web/edge edge-sre", "members of edge-sre own it from now on")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new ChownDirectoryRequest { Path = run.Value(path), OwnerGroup = run.Value(group) };
                    if (run.IsDryRun)
                    {
                        var directory = await ImageDirectories.FindAsync(run.ConnectToImageServer(), request.Path, cancellationToken);
                        var report = new DryRunReport(run);
                        report.Add(directory.Path, ImageDirectories.Owner(directory), ImageDirectories.Owner(directory with { OwnerGroup = request.OwnerGroup }));
                        return report.Print($"would give the directory {directory.Path} away");
                    }

                    var changed = await run.ConnectToImageServer().CallAsync(ImageServerMethods.ChownDirectory, request, cancellationToken);
                    return ImageDirectories.Print(run, changed, $"{changed.Path} belongs to {ImageDirectories.Owner(changed)}");
                },
                Limit);
    }
}
