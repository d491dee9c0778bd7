using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Images;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image get</c>: unpacks an image.</summary>
internal static class ImageGetCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        var directory = new Argument<string>("directory") { Description = "A new or an empty directory.", HelpName = "DIR" };
        return new Verb("get", "Unpacks an image into an empty directory, with owners, modes, attributes, times and links.") { name, directory }
            .Prints(ImageJson.Default.ImageGetDocument)
            .WithExample("dom image get debian/bookworm/2026-11-20 ./root", "as root: the complete tree")
            .Runs((run, cancellationToken) => GetAsync(
                run, ImageCommand.ParseName(run.Value(name)), Path.GetFullPath(run.Value(directory)), cancellationToken));
    }

    private static async Task<int> GetAsync(CommandRun run, ImageName name, string directory, CancellationToken cancellationToken)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new CommandException(ExitCode.Refused, "NotEmpty", $"'{directory}' is not empty", "name a new or an empty directory");
        }

        var started = run.Time.GetTimestamp();
        var source = ImageCommand.Source(run);
        var image = await DownloadedImage.ReadTreeAsync(source, name, cancellationToken);
        var downloader = new ImageDownloader([source]);
        var unpacker = new ImageUnpacker(image, downloader, unprivileged: !Environment.IsPrivilegedProcess);
        using (var line = run.Output.Progress("receiving"))
        {
            var total = image.Objects.Sum(static o => o.Size);
            await using var timer = run.Time.CreateTimer(_ => line.Bytes(downloader.BytesReceived, total), null, Interval, Interval);
            await unpacker.UnpackAsync(directory, cancellationToken);
        }

        Report(run, image, directory, downloader.BytesReceived, unpacker.LeftOut, run.Time.GetElapsedTime(started));
        return unpacker.LeftOut.Count == 0 ? ExitCode.Done : ExitCode.Partial;
    }

    private static void Report(
        CommandRun run, DownloadedImage image, string directory, long received, IReadOnlyList<LeftOut> leftOut, TimeSpan duration)
    {
        run.Output.Document(
            new ImageGetDocument(
                ImageEntry.Of(image.Info),
                directory,
                received,
                Math.Round(duration.TotalSeconds, 3),
                [.. leftOut.Select(static l => new LeftOutEntry(l.Path.ToString(), l.Reason))]),
            ImageJson.Default.ImageGetDocument);
        run.Output.Line(
            $"{image.Info.Name}: {Amounts.Count(image.Manifest.Inodes, "inode", "inodes")} in {directory}, received {Amounts.Bytes(received)} ({Amounts.Duration(duration)})");
        foreach (var (path, reason) in leftOut)
        {
            run.Output.Note($"left out {path}: {reason}");
        }
    }
}
