using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image check</c>: lets the server read and verify a whole image.</summary>
internal static class ImageCheckCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        return new Verb("check", $"Lets the image server verify every byte of an image; returns {ExitCode.Corrupt} when some are wrong or missing.") { name }
            .Prints(ImageJson.Default.ImageCheckDocument)
            .WithExample("dom image check debian/bookworm/2026-11-20", "after a disk fault")
            .Runs((run, cancellationToken) => CheckAsync(run, ImageCommand.ParseName(run.Value(name)).ToString(), cancellationToken));
    }

    private static async Task<int> CheckAsync(CommandRun run, string name, CancellationToken cancellationToken)
    {
        var result = await run.ConnectToImageServer().CallAsync(ImageServerMethods.CheckImage, new ImageNameRequest { Name = name }, cancellationToken);
        var missing = result.Missing.Select(static id => id.ToString()).ToList();
        var corrupt = result.Corrupt.Select(static id => id.ToString()).ToList();
        run.Output.Document(
            new ImageCheckDocument(name, result.Blocks, result.Objects, result.Bytes, missing, corrupt), ImageJson.Default.ImageCheckDocument);
        foreach (var id in corrupt)
        {
            run.Output.Line($"corrupt {id}");
        }

        foreach (var id in missing)
        {
            run.Output.Line($"missing {id}");
        }

        var summary = $"{name}: {Amounts.Count(result.Objects, "object", "objects")} and {Amounts.Count(result.Blocks, "block", "blocks")}, "
            + $"{Amounts.Bytes(result.Bytes)} verified";
        if (missing.Count + corrupt.Count == 0)
        {
            run.Output.Line($"{summary}; all good");
            return ExitCode.Done;
        }

        run.Output.Line($"{summary}; {Amounts.Count(corrupt.Count)} corrupt, {Amounts.Count(missing.Count)} missing");
        run.Output.Note("pushing an image with the same content again stores what is missing");
        return ExitCode.Corrupt;
    }
}
