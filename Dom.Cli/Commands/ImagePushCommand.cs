using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Images;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image push</c>: makes an image of a directory.</summary>
internal static class ImagePushCommand
{
    private const int ListedLeftOut = 20;

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        var directory = new Argument<string>("directory") { Description = "The directory whose content becomes the image.", HelpName = "DIR" };
        var filter = new Option<string?>("--filter") { Description = "File with expressions, one a line: paths that are left out, and left alone on machines.", HelpName = "FILE" };
        var triggers = new Option<string?>("--triggers") { Description = "JSON file with the services that restart when paths change.", HelpName = "FILE" };
        var sparse = new Option<bool>("--sparse") { Description = "The image adds and changes files, and deletes none." };
        var owner = new Option<string?>("--owner") { Description = "Owner of all files, as numbers or names; for machines whose sub is not root.", HelpName = "USER:GROUP" };
        var note = new Option<string?>("--note") { Description = "A note for people.", HelpName = "TEXT" };
        return new Verb("push", "Makes an image of a directory; only what the image server lacks is sent.") { name, directory, filter, triggers, sparse, owner, note }
            .WithExample("dom image push debian/bookworm/2026-11-20 /srv/roots/bookworm --filter filter --triggers triggers.json", "a root file system")
            .WithExample("dom image push motd/3 ./motd --sparse", "a few files on top of others")
            .Runs((run, cancellationToken) => PushAsync(
                run,
                new PushRequest
                {
                    Name = ImageCommand.ParseName(run.Value(name)),
                    Directory = Path.GetFullPath(run.Value(directory)),
                    Filter = ReadFilter(run.Value(filter)),
                    Triggers = ReadTriggers(run.Value(triggers)),
                    Mode = run.Value(sparse) ? ImageMode.Sparse : ImageMode.Full,
                    Owner = run.Value(owner) is { } given ? ImageOwnerText.Parse(given) : null,
                    Notes = run.Value(note) ?? "",
                },
                cancellationToken));
    }

    private static async Task<int> PushAsync(CommandRun run, PushRequest request, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(request.Directory))
        {
            throw new CommandException(ExitCode.NotFound, "NotADirectory", $"'{request.Directory}' is not a directory");
        }

        var started = run.Time.GetTimestamp();
        PushResult result;
        using (var line = new PushProgressLine(run.Output))
        {
            result = await new ImagePusher(run.ConnectToImageServer(), run.Time).PushAsync(request, line, cancellationToken);
        }

        var duration = run.Time.GetElapsedTime(started);
        run.Output.Document(PushDocument.Of(result, duration), ImageJson.Default.PushDocument);
        run.Output.Line(
            $"{result.Image.Name}: {Amounts.Count(result.Manifest.Inodes, "inode", "inodes")}, {Amounts.Bytes(result.Manifest.Bytes)} in files; sent "
            + $"{Amounts.Bytes(result.BytesSent)} in {Amounts.Count(result.ObjectsSent, "object", "objects")}, "
            + $"{Amounts.Bytes(result.BytesSaved)} were there already ({Amounts.Duration(duration)})");
        ReportLeftOut(run.Output, result.LeftOut);
        return result.LeftOut.Count == 0 ? ExitCode.Done : ExitCode.Partial;
    }

    private static void ReportLeftOut(ConsoleOutput output, IReadOnlyList<LeftOut> leftOut)
    {
        foreach (var (path, reason) in leftOut.Take(ListedLeftOut))
        {
            output.Note($"left out {path}: {reason}");
        }

        if (leftOut.Count > ListedLeftOut)
        {
            output.Note($"left out {Amounts.Count(leftOut.Count - ListedLeftOut)} more; --json lists them all");
        }
    }

    private static PathFilter ReadFilter(string? file)
    {
        if (file is null)
        {
            return PathFilter.Empty;
        }

        try
        {
            return PathFilter.Parse(File.ReadAllBytes(file));
        }
        catch (PathFilterException e)
        {
            throw new CommandException(ExitCode.Usage, "BadFilter", $"'{file}': {e.Message}");
        }
    }

    private static TriggerSet ReadTriggers(string? file)
    {
        if (file is null)
        {
            return TriggerSet.Empty;
        }

        try
        {
            return TriggerSet.Parse(File.ReadAllText(file));
        }
        catch (TriggerException e)
        {
            throw new CommandException(ExitCode.Usage, "BadTriggers", $"'{file}': {e.Message}");
        }
    }
}
