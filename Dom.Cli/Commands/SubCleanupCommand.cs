using System.CommandLine;
using Dom.Core.Contracts.Subd;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub cleanup</c>: removes from the sub's own stores what no image needs any more.</summary>
internal static class SubCleanupCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        var dryRun = new Option<bool>("--dry-run") { Description = "Counts what would be removed and changes nothing." };
        var reason = CtlCommand.ReasonOption();
        return new Verb("cleanup", "Removes at once what the sub keeps in .subd and no image needs any more; by itself it does so some seconds after an update.") { host, dryRun, reason }
            .Prints(SubJson.Default.SubCleanupDocument)
            .WithExample("dom sub cleanup web7.example.com --dry-run", "how much there is to remove")
            .WithExample("dom sub cleanup web7.example.com", "removes it")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var (machine, isDry) = (run.Value(host), run.Value(dryRun));
                    var request = new CleanupRequest { DryRun = isDry, Reason = run.Value(reason) ?? "" };
                    var result = await SubCommand.Connect(run, machine).CallAsync(SubdMethods.Cleanup, request, cancellationToken);
                    run.Output.Line(
                        $"{(isDry ? "would remove" : "removed")} {Amounts.Count(result.Objects, "object", "objects")} and {Amounts.Count(result.Blocks, "block", "blocks")}; {Amounts.Bytes(result.FreeBytes)} are free");
                    run.Output.Document(new SubCleanupDocument(machine, isDry, result.Objects, result.Blocks, result.FreeBytes), SubJson.Default.SubCleanupDocument);
                    return ExitCode.Done;
                },
                Limit);
    }
}
