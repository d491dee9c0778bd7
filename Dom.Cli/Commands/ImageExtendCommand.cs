using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image extend</c>: lets an image that expires last longer.</summary>
internal static class ImageExtendCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        var expires = new Option<string?>("--expires") { Description = "When it goes: 30d, 12h, 2027-01-31; without it never.", HelpName = "TIME" };
        return new Verb("extend", "Lets an image that expires last longer, or for ever.") { name, expires }
            .Prints(ImageJson.Default.ImageLatestDocument)
            .WithDryRun()
            .WithExample("dom image extend test/build-42 --expires 7d", "a week from now")
            .WithExample("dom image extend test/build-42", "it does not expire any more")
            .Runs((run, cancellationToken) => ExtendAsync(run, ImageCommand.ParseName(run.Value(name)).ToString(), run.Value(expires), cancellationToken), Limit);
    }

    private static string Describe(DateTimeOffset? expires) => expires is { } on ? $"expires on {Amounts.Moment(on)}" : "does not expire";

    private static async Task<int> ExtendAsync(CommandRun run, string name, string? expires, CancellationToken cancellationToken)
    {
        var until = expires is null ? (DateTimeOffset?)null : ImageFiles.ParseExpiry(expires, run.Time.GetUtcNow());
        var request = new ImageExpiryRequest { Name = name, ExpiresOn = until };
        if (run.IsDryRun)
        {
            var now = (await DownloadedImage.ReadAsync(ImageCommand.Source(run), ImageCommand.ParseName(name), cancellationToken)).Info.ExpiresOn;
            var report = new DryRunReport(run);
            report.Add(name, Describe(now), Describe(until));
            return report.Print($"would change when {name} expires");
        }

        var image = await run.ConnectToImageServer().CallAsync(ImageServerMethods.ChangeImageExpiration, request, cancellationToken);
        run.Output.Document(new ImageLatestDocument(ImageEntry.Of(image), image.ExpiresOn), ImageJson.Default.ImageLatestDocument);
        run.Output.Line(image.ExpiresOn is { } on ? $"{name} expires on {Amounts.Moment(on)}" : $"{name} does not expire any more");
        return ExitCode.Done;
    }
}
