using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Images;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image tar</c>: writes an image as an archive.</summary>
internal static class ImageTarCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        var file = new Argument<string?>("file")
        {
            Description = "The archive; without it standard output.",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new Verb("tar", "Writes an image as a tar archive in PAX form; the same image always gives the same bytes.") { name, file }
            .Prints(ImageJson.Default.ImageTarDocument)
            .WithExample("dom image tar debian/bookworm/2026-11-20 bookworm.tar", "pushing it again gives the same root digest")
            .WithExample("dom image tar web/7 | zstd > web-7.tar.zst", "compressed")
            .WithExample("dom image tar web/7 | tar -xp --xattrs --xattrs-include='*' -C ./root", "as root: unpacked by GNU tar")
            .Runs((run, cancellationToken) => WriteAsync(run, ImageCommand.ParseName(run.Value(name)), run.OptionalValue(file), cancellationToken));
    }

    private static async Task<int> WriteAsync(CommandRun run, ImageName name, string? file, CancellationToken cancellationToken)
    {
        if (file is null && !Console.IsOutputRedirected)
        {
            throw new CommandException(ExitCode.Usage, "Terminal", "an archive is not for a terminal", "name a file, or redirect standard output");
        }

        var started = run.Time.GetTimestamp();
        var source = ImageCommand.Source(run);
        var image = await DownloadedImage.ReadTreeAsync(source, name, cancellationToken);
        var feed = new ObjectFeed(source, run.Time);
        var writer = new ImageTarWriter(image, feed);
        await using var output = OutputFile.Open(file, run.Output.IsJson, "the archive");
        using (var line = run.Output.Progress("receiving"))
        {
            await using var timer = run.Time.CreateTimer(_ => line.Bytes(feed.BytesReceived, image.Manifest.Bytes), null, Interval, Interval);
            await using var buffered = new BufferedStream(output.Stream, 1 << 20);
            await writer.WriteAsync(buffered, cancellationToken);
            await buffered.FlushAsync(cancellationToken);
            await output.CompleteAsync(cancellationToken);
        }

        run.Output.Document(
            new ImageTarDocument(
                ImageEntry.Of(image.Info),
                file ?? "-",
                feed.BytesReceived,
                Math.Round(run.Time.GetElapsedTime(started).TotalSeconds, 3),
                [.. writer.LeftOut.Select(static l => new LeftOutEntry(l.Path.ToString(), l.Reason))]),
            ImageJson.Default.ImageTarDocument);
        foreach (var (path, reason) in writer.LeftOut)
        {
            run.Output.Note($"left out {path}: {reason}");
        }

        run.Output.Note($"{image.Info.Name}: {Amounts.Count(image.Manifest.Inodes, "inode", "inodes")}, {Amounts.Bytes(feed.BytesReceived)} of contents");
        return writer.LeftOut.Count == 0 ? ExitCode.Done : ExitCode.Partial;
    }
}
