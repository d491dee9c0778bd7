using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image list</c>: the images of a server.</summary>
internal static class ImageListCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var directory = new Argument<string?>("directory")
        {
            Description = "Only images in this directory of names and below it.",
            HelpName = "DIRECTORY",
            Arity = ArgumentArity.ZeroOrOne,
        }.CompletesWith(NameKind.DirectoryOfImages);
        return new Verb("list", "Lists images in the order of their versions.") { directory }
            .Prints(ImageJson.Default.ImageListDocument)
            .WithExample("dom image list", "all images")
            .WithExample("dom image list debian/bookworm", "one stream of images")
            .Runs((run, cancellationToken) => ListAsync(run, run.OptionalValue(directory) ?? "", cancellationToken), Limit);
    }

    private static async Task<int> ListAsync(CommandRun run, string directory, CancellationToken cancellationToken)
    {
        var images = new List<ImageInfo>();
        var request = new ListImagesRequest { Directory = directory };
        await foreach (var page in run.ConnectToImageServer().StreamAsync(ImageServerMethods.ListImages, request, cancellationToken))
        {
            images.AddRange(page.Images);
        }

        run.Output.Document(new ImageListDocument([.. images.Select(ImageEntry.Of)]), ImageJson.Default.ImageListDocument);
        if (images.Count == 0)
        {
            run.Output.Note(directory.Length == 0 ? "there are no images yet; `dom image push` makes one" : $"no image is below {directory}");
            return ExitCode.Done;
        }

        run.Output.Table(
            new TextTable<ImageInfo>()
                .Column("NAME", static i => i.Name)
                .Number("INODES", static i => Amounts.Count(i.Inodes))
                .Number("SIZE", static i => Amounts.Bytes(i.Bytes))
                .Column("ADDED", static i => Amounts.Moment(i.CreatedOn))
                .Column("BY", static i => i.CreatedBy),
            images);
        return ExitCode.Done;
    }
}
