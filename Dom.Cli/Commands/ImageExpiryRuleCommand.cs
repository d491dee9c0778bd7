using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image expiry-rule</c>: says whether images in a directory may expire.</summary>
internal static class ImageExpiryRuleCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var path = ImageDirectories.Argument();
        var rule = new Argument<ExpiryRule>("rule") { Description = "allowed, required, forbidden or inherited.", HelpName = "RULE" };
        var max = new Option<string?>("--max") { Description = "Longest time an image that expires may last, such as 30d.", HelpName = "TIME" };
        return new Verb("expiry-rule", "Says whether images in a directory and below it may or must expire.") { path, rule, max }
            .Prints(ImageJson.Default.ImageDirectoriesDocument)
            .WithDryRun()
            .WithExample("dom image expiry-rule test required --max 7d", "every image pushed to test/ needs --expires, 7d at most")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new DirectoryExpiryRequest
                    {
                        Path = run.Value(path),
                        Expiry = run.Value(rule),
                        MaxLifetime = run.Value(max) is { } text ? ImageGcCommand.ParseTime(text) : null,
                    };
                    if (run.IsDryRun)
                    {
                        var directory = await ImageDirectories.FindAsync(run.ConnectToImageServer(), request.Path, cancellationToken);
                        var report = new DryRunReport(run);
                        report.Add(directory.Path, Describe(directory), Describe(directory with { Expiry = request.Expiry, MaxLifetime = request.MaxLifetime }));
                        return report.Print($"would set the rule for images in {directory.Path}; images that are there keep their times");
                    }

                    var changed = await run.ConnectToImageServer().CallAsync(ImageServerMethods.ChangeDirectoryExpiry, request, cancellationToken);
                    return ImageDirectories.Print(run, changed, $"{changed.Path}: expiry is {ImageDirectoryEntry.Rule(changed)}");
                },
                Limit);
    }

    private static string Describe(ImageDirectory directory) =>
        $"expiry is {ImageDirectoryEntry.Rule(directory)}{(directory.MaxLifetime is { } most ? $", at most {Amounts.Duration(most)}" : "")}";
}
