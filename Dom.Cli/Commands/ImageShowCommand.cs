using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image show</c>: what one image is.</summary>
internal static class ImageShowCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        var files = new Option<bool>("--files") { Description = "Lists every path, too." };
        return new Verb("show", "Shows an image: totals, filter, triggers, origin.") { name, files }
            .Prints(ImageJson.Default.ImageDocument)
            .WithExample("dom image show debian/bookworm/2026-11-20", "one image")
            .WithExample("dom image show motd/3 --files", "with its paths")
            .Runs((run, cancellationToken) => ShowAsync(run, ImageCommand.ParseName(run.Value(name)), run.Value(files), cancellationToken), Limit);
    }

    private static async Task<int> ShowAsync(CommandRun run, ImageName name, bool withFiles, CancellationToken cancellationToken)
    {
        var source = ImageCommand.Source(run);
        var image = withFiles
            ? await DownloadedImage.ReadTreeAsync(source, name, cancellationToken)
            : await DownloadedImage.ReadAsync(source, name, cancellationToken);
        var entries = withFiles ? List(image).ToList() : null;
        run.Output.Document(Describe(image, entries), ImageJson.Default.ImageDocument);
        foreach (var (label, value) in Facts(image))
        {
            run.Output.Line($"{label,-12} {value}");
        }

        foreach (var line in image.Manifest.Filter)
        {
            run.Output.Line($"filter       {line}");
        }

        foreach (var trigger in image.Manifest.Triggers)
        {
            run.Output.Line($"trigger      {ImageFiles.ActionOf(trigger)} {trigger.Service}: {string.Join(" ", trigger.MatchLines)}");
        }

        if (image.Manifest.HealthCommand.Length > 0)
        {
            run.Output.Line($"health       {image.Manifest.HealthCommand}");
        }

        foreach (var computed in image.Manifest.ComputedPaths)
        {
            run.Output.Line($"computed     {computed.Path} by {computed.Source}");
        }

        foreach (var entry in entries ?? [])
        {
            run.Output.Line(entry.ToLine());
        }

        return ExitCode.Done;
    }

    private static IEnumerable<(string Label, string Value)> Facts(DownloadedImage image)
    {
        var manifest = image.Manifest;
        yield return ("name", image.Info.Name);
        yield return ("added", $"{Amounts.Moment(image.Info.CreatedOn)} by {image.Info.CreatedBy}");
        yield return ("mode", manifest.Mode == ImageMode.Sparse ? "sparse: deletes nothing" : "full");
        yield return ("inodes", $"{Amounts.Count(manifest.Inodes)} ({Amounts.Count(manifest.Directories)} directories, {Amounts.Count(manifest.Files)} files)");
        yield return ("size", Amounts.Bytes(manifest.Bytes));
        yield return ("manifest", image.Info.Manifest.ToString());
        yield return ("root", manifest.Root.ToString());
        if (manifest.ExpiresOn is { } expires)
        {
            yield return ("expires", Amounts.Moment(expires));
        }

        if (manifest.Notes.Length > 0)
        {
            yield return ("notes", manifest.Notes);
        }

        if (manifest.Source.Length > 0)
        {
            yield return ("made from", manifest.Source);
        }

        if (manifest.BuildLogBytes > 0)
        {
            yield return ("build log", $"{Amounts.Bytes(manifest.BuildLogBytes)}; `dom image build-log {image.Info.Name}` prints it");
        }

        foreach (var (key, value) in manifest.Tags)
        {
            yield return ("tag", $"{key}={value}");
        }
    }

    private static ImageDocument Describe(DownloadedImage image, IReadOnlyList<TreeEntry>? entries) => new(
        ImageEntry.Of(image.Info),
        image.Manifest.Root.ToString(),
        image.Manifest.Mode.ToString().ToLowerInvariant(),
        image.Manifest.Directories,
        image.Manifest.Files,
        image.Manifest.Filter,
        image.Manifest.Triggers,
        image.Manifest.HealthCommand,
        image.Manifest.Source,
        image.Manifest.Notes,
        image.Manifest.BuildLogBytes,
        image.Manifest.ExpiresOn,
        image.Manifest.Tags,
        entries);

    private static IEnumerable<TreeEntry> List(DownloadedImage image)
    {
        var root = image.Tree.ReadRoot().Directory;
        return List(image, root.Content, UnixPath.Root).Prepend(TreeEntry.Of(UnixPath.Root, root));
    }

    private static IEnumerable<TreeEntry> List(DownloadedImage image, ObjectId directory, UnixPath path)
    {
        foreach (var entry in DirectoryContents.Read(image, directory))
        {
            var at = path.Join(entry.Name.Span);
            var inode = entry.ReadInode();
            yield return TreeEntry.Of(at, inode);
            if (inode.Kind == InodeKind.Directory)
            {
                foreach (var below in List(image, inode.Content, at))
                {
                    yield return below;
                }
            }
        }
    }
}
