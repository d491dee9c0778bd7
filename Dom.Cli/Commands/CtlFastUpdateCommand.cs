using System.CommandLine;
using System.Globalization;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl fast-update</c>: brings machines to their images now and waits for it.</summary>
internal static class CtlFastUpdateCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var hosts = CtlControls.HostsArgument();
        var wait = new Option<string>("--wait") { Description = "How long to wait for them (15min).", HelpName = "TIME" };
        var reason = CtlCommand.ReasonOption();
        return new Verb("fast-update", "Brings machines to their images now, without waiting for their turn, and shows how it goes. Stops hold all the same.") { hosts, wait, reason }
            .PrintsLines(CtlJson.Default.FastUpdateProgress)
            .WithDryRun()
            .WithExample("dom ctl fast-update web7.example.com", "one machine first")
            .WithExample("dom ctl fast-update web7.example.com web8.example.com --wait 5min --json", "one JSON object a line")
            .Runs(async (run, cancellationToken) =>
            {
                var request = new FastUpdateRequest
                {
                    Hostnames = run.Value(hosts),
                    Reason = run.Value(reason) ?? "",
                    Timeout = run.Value(wait) is { } text ? CtlControls.ReadTime("--wait", text) : TimeSpan.Zero,
                };
                return run.IsDryRun ? await LookAsync(run, request, cancellationToken) : await FollowAsync(run, request, cancellationToken);
            });
    }

    private static async Task<int> LookAsync(CommandRun run, FastUpdateRequest request, CancellationToken cancellationToken)
    {
        var report = new DryRunReport(run);
        var query = new SubQuery { Hostnames = request.Hostnames };
        await report.AddMachinesAsync(run.ConnectToMaster(), query, Would, sub => sub.RequiredImage.Length > 0 ? null : "no image is required for it", cancellationToken);
        return report.Print($"would bring {Amounts.Count(report.Changes, "machine", "machines")} to the image now; `dom ctl diff HOST` shows each step");

        static string Would(SubInfo sub) => sub.State?.Plan is { IsCompliant: false } plan
            ? $"{sub.RequiredImage}, {Amounts.Count(plan.Steps, "step", "steps")}: {plan.Creations} created, {plan.Changes} changed, {plan.Deletions} deleted"
            : sub.RequiredImage;
    }

    private static async Task<int> FollowAsync(CommandRun run, FastUpdateRequest request, CancellationToken cancellationToken)
    {
        int synced = 0, failed = 0;
        await foreach (var progress in run.ConnectToMaster().StreamAsync(DominatorMethods.FastUpdate, request, cancellationToken))
        {
            run.Output.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{progress.Elapsed.TotalSeconds,7:0.00} s  {progress.Hostname}  {progress.Status}{(progress.Detail.Length > 0 ? "  " : "")}{progress.Detail}"));
            run.Output.StreamedDocument(progress, CtlJson.Default.FastUpdateProgress);
            synced += progress is { IsFinal: true, IsSynced: true } ? 1 : 0;
            failed += progress is { IsFinal: true, IsSynced: false } ? 1 : 0;
        }

        if (failed == 0)
        {
            return ExitCode.Done;
        }

        run.Output.Note($"{failed} of {failed + synced} machines are not in sync");
        return synced > 0 ? ExitCode.Partial : ExitCode.Refused;
    }
}
