using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;

namespace Dom.Cli.Commands;

/// <summary><c>dom image find-latest</c>: the image that was added last.</summary>
internal static class ImageFindLatestCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var directory = new Argument<string>("directory") { Description = "The directory of names to look in and below.", HelpName = "DIRECTORY" }.CompletesWith(NameKind.DirectoryOfImages);
        var tags = new Option<string[]>("--tag")
        {
            Description = "Only images with this tag: NAME=VALUE, or NAME for any value; may be repeated.",
            HelpName = "NAME=VALUE",
        };
        var lasting = new Option<bool>("--ignore-expiring") { Description = "Leaves out images that expire." };
        return new Verb("find-latest", "Prints the name of the image that was added last.") { directory, tags, lasting }
            .Prints(ImageJson.Default.ImageLatestDocument)
            .WithExample("dom image find-latest debian/bookworm", "for a script")
            .WithExample("dom image find-latest web --tag branch=main", "the last one of a branch")
            .Runs((run, cancellationToken) => FindAsync(run, Request(run.Value(directory), run.Value(tags) ?? [], run.Value(lasting)), cancellationToken), Limit);
    }

    private static FindLatestRequest Request(string directory, string[] tags, bool lasting) => new()
    {
        Directory = directory,
        IgnoreExpiring = lasting,
        Tags = tags.Select(static t => t.Split('=', 2)).GroupBy(static p => p[0]).ToDictionary(static g => g.Key, static g => g.Last().ElementAtOrDefault(1) ?? ""),
    };

    private static async Task<int> FindAsync(CommandRun run, FindLatestRequest request, CancellationToken cancellationToken)
    {
        var image = await run.ConnectToImageServer().CallAsync(ImageServerMethods.FindLatestImage, request, cancellationToken);
        run.Output.Document(new ImageLatestDocument(ImageEntry.Of(image), image.ExpiresOn), ImageJson.Default.ImageLatestDocument);
        run.Output.Line(image.Name);
        return ExitCode.Done;
    }
}
