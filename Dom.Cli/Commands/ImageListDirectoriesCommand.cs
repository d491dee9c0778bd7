using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image list-directories</c>: directories of image names that somebody made.</summary>
internal static class ImageListDirectoriesCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var below = new Argument<string?>("directory")
        {
            Description = "Only this directory and those below it.",
            HelpName = "DIRECTORY",
            Arity = ArgumentArity.ZeroOrOne,
        }.CompletesWith(NameKind.ImageDirectory);
        return new Verb("list-directories", "Lists the directories that were made with mkdir, with owners and expiry rules.") { below }
            .Prints(ImageJson.Default.ImageDirectoriesDocument)
            .WithExample("dom image list-directories", "all of them")
            .Runs((run, cancellationToken) => ListAsync(run, run.OptionalValue(below) ?? "", cancellationToken), Limit);
    }

    private static async Task<int> ListAsync(CommandRun run, string below, CancellationToken cancellationToken)
    {
        var directories = new List<ImageDirectory>();
        var request = new DirectoryRequest { Path = below };
        await foreach (var page in run.ConnectToImageServer().StreamAsync(ImageServerMethods.ListDirectories, request, cancellationToken))
        {
            directories.AddRange(page.Directories);
        }

        run.Output.Document(
            new ImageDirectoriesDocument([.. directories.Select(ImageDirectoryEntry.Of)]), ImageJson.Default.ImageDirectoriesDocument);
        if (directories.Count == 0)
        {
            run.Output.Note("there are no directories with owners or rules; `dom image mkdir` makes one");
            return ExitCode.Done;
        }

        run.Output.Table(
            new TextTable<ImageDirectory>()
                .Column("DIRECTORY", static d => d.Path)
                .Column("GROUP", static d => d.OwnerGroup)
                .Column("EXPIRY", static d => ImageDirectoryEntry.Rule(d))
                .Column("AT MOST", static d => d.MaxLifetime is { } most ? Amounts.Duration(most) : "")
                .Column("BY", static d => d.CreatedBy),
            directories);
        return ExitCode.Done;
    }
}
