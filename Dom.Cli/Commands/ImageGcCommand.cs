using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image gc</c>: removes from an image server what no image is made of.</summary>
internal static class ImageGcCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(4);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Says what would be removed and changes nothing." };
        var age = new Option<string?>("--age")
        {
            Description = "Only what was stored at least so long ago, such as 2h or 0; without it the server's GarbageAge.",
            HelpName = "TIME",
        };
        return new Verb("gc", "Removes what no image is made of and no upload needs, and gives its space back.") { dryRun, age }
            .Prints(ImageJson.Default.ImageGcDocument)
            .WithExample("dom image gc --dry-run", "how much it would free")
            .WithExample("dom image gc --age 1h", "also what was stored today, if an hour ago")
            .Runs((run, cancellationToken) => CollectAsync(run, run.Value(dryRun), run.Value(age), cancellationToken), Limit);
    }

    private static async Task<int> CollectAsync(CommandRun run, bool dryRun, string? age, CancellationToken cancellationToken)
    {
        var request = new CollectGarbageRequest { DryRun = dryRun, Age = age is null ? null : ParseTime(age) };
        var result = await run.ConnectToImageServer().CallAsync(ImageServerMethods.CollectGarbage, request, cancellationToken);
        run.Output.Document(ImageGcDocument.Of(result), ImageJson.Default.ImageGcDocument);
        run.Output.Line(
            $"{(dryRun ? "would remove" : "removed")} {Amounts.Count(result.Removed, "object", "objects")} of {Amounts.Bytes(result.RemovedBytes)}; "
            + $"{Amounts.Count(result.Images, "image is", "images are")} made of {Amounts.Count(result.Kept, "object", "objects")}, {Amounts.Bytes(result.KeptBytes)}");
        if (result.TooYoung + result.Protected > 0)
        {
            run.Output.Note(
                $"{Amounts.Count(result.TooYoung)} unused ones are too young (see --age), {Amounts.Count(result.Protected)} belong to uploads under way");
        }

        return ExitCode.Done;
    }

    /// <summary>Reads a length of time from the command line.</summary>
    public static TimeSpan ParseTime(string text)
    {
        try
        {
            return DurationText.Parse(text);
        }
        catch (FormatException)
        {
            throw new CommandException(ExitCode.Usage, "BadTime", $"'{text}' is not a length of time", "examples: 30min, 2h, 1d, 0");
        }
    }
}
