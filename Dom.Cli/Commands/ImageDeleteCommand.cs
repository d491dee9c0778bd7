using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image delete</c>: takes a name away for ever.</summary>
internal static class ImageDeleteCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        var yes = new Option<bool>("--yes") { Description = "Does not ask." };
        return new Verb("delete", "Deletes an image. Its name is never used again.") { name, yes }
            .Prints(ImageJson.Default.ImageDeleteDocument)
            .WithDryRun(ownDocument: true)
            .WithExample("dom image delete debian/bookworm/2025-01-01 --dry-run", "see first")
            .WithExample("dom image delete debian/bookworm/2025-01-01 --yes", "in a script")
            .Runs(
                (run, cancellationToken) => DeleteAsync(
                    run, ImageCommand.ParseName(run.Value(name)), run.Value(yes), run.IsDryRun, cancellationToken),
                Limit);
    }

    private static async Task<int> DeleteAsync(CommandRun run, ImageName name, bool yes, bool dryRun, CancellationToken cancellationToken)
    {
        var server = run.ConnectToImageServer();
        var image = (await server.CallAsync(ImageServerMethods.GetImage, new ImageNameRequest { Name = name.ToString() }, cancellationToken)).Info;
        var what = $"{image.Name} ({Amounts.Count(image.Inodes, "inode", "inodes")}, {Amounts.Bytes(image.Bytes)}, "
            + $"added {Amounts.Moment(image.CreatedOn)} by {image.CreatedBy})";
        if (!dryRun)
        {
            await ConfirmAsync(run, name, what, yes, cancellationToken);
            await server.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = name.ToString() }, cancellationToken);
        }

        run.Output.Document(new ImageDeleteDocument(ImageEntry.Of(image), !dryRun), ImageJson.Default.ImageDeleteDocument);
        run.Output.Line(dryRun ? $"would delete {what}" : $"deleted {what}");
        return ExitCode.Done;
    }

    private static async Task ConfirmAsync(CommandRun run, ImageName name, string what, bool yes, CancellationToken cancellationToken)
    {
        if (yes)
        {
            return;
        }

        if (Console.IsInputRedirected || run.Output.IsJson)
        {
            throw new CommandException(ExitCode.Usage, "NotConfirmed", $"{what} would be deleted; nothing was done", "--yes confirms it");
        }

        run.Output.Note($"{what} will be deleted, and its name can never be used again. Type the name to confirm:");
        var answer = await Console.In.ReadLineAsync(cancellationToken);
        if (answer?.Trim() != name.ToString())
        {
            throw new CommandException(ExitCode.Refused, "NotConfirmed", "the name was not repeated; nothing was done");
        }
    }
}
