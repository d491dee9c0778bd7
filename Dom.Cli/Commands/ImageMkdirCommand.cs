using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;

namespace Dom.Cli.Commands;

/// <summary><c>dom image mkdir</c>: makes a directory of image names.</summary>
internal static class ImageMkdirCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var path = ImageDirectories.Argument();
        var group = new Option<string?>("--group") { Description = "Group that owns it; without it the owner of the directory above.", HelpName = "GROUP" };
        var parents = new Option<bool>("--parents", "-p") { Description = "Also makes what is missing above; a directory that exists is no error." };
        return new Verb("mkdir", "Makes a directory of image names, with an owner.") { path, group, parents }
            .Prints(ImageJson.Default.ImageDirectoriesDocument)
            .WithExample("dom image mkdir web --group web-sre", "its members may delete images in it and make directories below it")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new MakeDirectoryRequest { Path = run.Value(path), OwnerGroup = run.Value(group) ?? "", Parents = run.Value(parents) };
                    var made = await run.ConnectToImageServer().CallAsync(ImageServerMethods.MakeDirectory, request, cancellationToken);
                    return ImageDirectories.Print(run, made, $"{made.Path} belongs to {ImageDirectories.Owner(made)}");
                },
                Limit);
    }
}
