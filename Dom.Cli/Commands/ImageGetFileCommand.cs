using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Cli.Commands;

/// <summary><c>dom image get-file</c>: one file of an image.</summary>
internal static class ImageGetFileCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        var path = new Argument<string>("path") { Description = "The absolute path in the image; symbolic links are followed within the image.", HelpName = "PATH" };
        var file = new Argument<string?>("file")
        {
            Description = "Where to write it; without it standard output.",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new Verb("get-file", "Writes the content of one file of an image.") { name, path, file }
            .Prints(ImageJson.Default.ImageFileDocument)
            .WithExample("dom image get-file debian/bookworm/2026-11-20 /etc/os-release", "on the terminal")
            .WithExample("dom image get-file web/7 /usr/bin/server ./server", "into a file")
            .Runs((run, cancellationToken) => GetAsync(
                run, ImageCommand.ParseName(run.Value(name)), ImageFiles.ParsePath(run.Value(path)), run.OptionalValue(file), cancellationToken));
    }

    private static async Task<int> GetAsync(CommandRun run, ImageName name, UnixPath path, string? file, CancellationToken cancellationToken)
    {
        var source = ImageCommand.Source(run);
        var image = await DownloadedImage.ReadTreeAsync(source, name, cancellationToken);
        var (found, inode) = ImageFile.Find(image.Tree, path);
        if (inode.Kind == InodeKind.None)
        {
            throw new CommandException(ExitCode.NotFound, "NoSuchFile", $"the image {name} has no '{found}'", $"`dom image show {name} --files` lists its paths");
        }

        if (inode.Kind != InodeKind.Regular)
        {
            throw new CommandException(
                ExitCode.Failed, "NoFile", $"'{found}' in the image {name} is of kind {inode.Kind.ToString().ToLowerInvariant()}, and has no content of its own");
        }

        await using var output = OutputFile.Open(file, run.Output.IsJson, "the file");
        if (!inode.Content.IsNone)
        {
            await new ObjectFeed(source, run.Time).CopyAsync(new ObjectReference(inode.Content, (long)inode.Size), output.Stream, cancellationToken);
        }

        await output.CompleteAsync(cancellationToken);
        run.Output.Document(new ImageFileDocument(name.ToString(), file ?? "-", TreeEntry.Of(found, inode)), ImageJson.Default.ImageFileDocument);
        return ExitCode.Done;
    }
}
