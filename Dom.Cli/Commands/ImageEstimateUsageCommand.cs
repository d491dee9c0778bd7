using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image estimate-usage</c>: how much room an image takes.</summary>
internal static class ImageEstimateUsageCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        return new Verb("estimate-usage", "Tells how much room an image takes on a machine, and on the image server beside the others.") { name }
            .Prints(ImageJson.Default.ImageUsageDocument)
            .WithExample("dom image estimate-usage debian/bookworm/2026-11-20", "before a machine gets a smaller disk, or an image is deleted")
            .Runs((run, cancellationToken) => EstimateAsync(run, ImageCommand.ParseName(run.Value(name)).ToString(), cancellationToken), Limit);
    }

    private static async Task<int> EstimateAsync(CommandRun run, string name, CancellationToken cancellationToken)
    {
        var usage = await run.ConnectToImageServer().CallAsync(
            ImageServerMethods.GetImageUsageEstimate, new ImageNameRequest { Name = name }, cancellationToken);
        run.Output.Document(new ImageUsageDocument(name, usage.MachineBytes, usage.StoredBytes, usage.OwnBytes), ImageJson.Default.ImageUsageDocument);
        run.Output.Line($"on a machine    about {Amounts.Bytes(usage.MachineBytes)}");
        run.Output.Line($"on the server   {Amounts.Bytes(usage.StoredBytes)}, of which no other image shares {Amounts.Bytes(usage.OwnBytes)}");
        return ExitCode.Done;
    }
}
