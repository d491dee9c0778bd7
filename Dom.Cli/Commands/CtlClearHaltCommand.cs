using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl clear-halt</c>: lets an image roll on after failures.</summary>
internal static class CtlClearHaltCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var image = new Argument<string>("image") { Description = "The image that stopped rolling.", HelpName = "IMAGE" }.CompletesWith(NameKind.HaltedImage);
        var reason = CtlControls.ReasonOption();
        return new Verb("clear-halt", "Lets an image roll on that stopped after too many failures.") { image, reason }
            .Prints(CtlJson.Default.MasterStatus)
            .WithDryRun()
            .WithExample("dom ctl clear-halt web/101 --reason 'the mirror was down'", "machines take turns again; earlier failures are forgotten")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new ClearHaltRequest { Image = run.Value(image), Reason = CtlControls.RequireReason(run, reason) };
                    if (run.IsDryRun)
                    {
                        return await LookAsync(run, request.Image, cancellationToken);
                    }

                    var status = await run.ConnectToMaster().CallAsync(DominatorMethods.ClearHalt, request, cancellationToken);
                    run.Output.Line($"{request.Image} may roll again");
                    run.Output.Document(status, CtlJson.Default.MasterStatus);
                    return ExitCode.Done;
                },
                CtlStatusCommand.Patience);
    }

    private static async Task<int> LookAsync(CommandRun run, string image, CancellationToken cancellationToken)
    {
        var master = run.ConnectToMaster();
        var status = await master.CallAsync(DominatorMethods.GetStatus, new SubQuery(), cancellationToken);
        if (!status.HaltedImages.Contains(image))
        {
            throw new CommandException(
                ExitCode.NotFound,
                "NotHalted",
                $"the image '{image}' has not stopped rolling",
                Suggestion.For(image, status.HaltedImages)
                    ?? (status.HaltedImages.Count > 0 ? $"these have: {string.Join(", ", status.HaltedImages)}" : "no image has; `dom ctl status` shows how the fleet is"));
        }

        var report = new DryRunReport(run);
        await report.AddMachinesAsync(
            master, new SubQuery(), sub => sub.RequiredImage == image && sub.Status != MachineStatus.Synced.Word() ? $"takes its turn for {image}" : null, fault: null, cancellationToken);
        return report.Print($"would let {image} roll on, to {Amounts.Count(report.Changes, "machine", "machines")} that do not have it yet");
    }
}
