using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Images;

namespace Dom.Cli.Commands;

/// <summary><c>dom image build-log</c>: the log of the build an image came from.</summary>
internal static class ImageBuildLogCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        var file = new Argument<string?>("file")
        {
            Description = "Where to write it; without it standard output.",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new Verb("build-log", "Writes the log that an image was pushed with.") { name, file }
            .Prints(ImageJson.Default.BuildLogDocument)
            .WithExample("dom image build-log web/7 | less", "what the build said")
            .Runs((run, cancellationToken) => WriteAsync(run, ImageCommand.ParseName(run.Value(name)), run.OptionalValue(file), cancellationToken));
    }

    private static async Task<int> WriteAsync(CommandRun run, ImageName name, string? file, CancellationToken cancellationToken)
    {
        var source = ImageCommand.Source(run);
        var image = await DownloadedImage.ReadAsync(source, name, cancellationToken);
        if (image.Manifest.Attachments is not [var log])
        {
            throw new CommandException(ExitCode.NotFound, "NoBuildLog", $"the image {name} was pushed without a build log");
        }

        await using var output = OutputFile.Open(file, run.Output.IsJson, "the log");
        await new ObjectFeed(source, run.Time).CopyAsync(log, output.Stream, cancellationToken);
        await output.CompleteAsync(cancellationToken);
        run.Output.Document(new BuildLogDocument(name.ToString(), file ?? "-", log.Size), ImageJson.Default.BuildLogDocument);
        return ExitCode.Done;
    }
}
