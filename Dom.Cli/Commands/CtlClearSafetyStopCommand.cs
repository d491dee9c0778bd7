using System.CommandLine;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl clear-safety-stop</c>: lets one plan of one machine through.</summary>
internal static class CtlClearSafetyStopCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = CtlCommand.HostArgument();
        var reason = CtlControls.ReasonOption();
        var dryRun = new Option<bool>("--dry-run") { Description = "Shows what would be let through, and lets nothing through." };
        return new Verb("clear-safety-stop", "Lets the plan at which a machine is stopped through; only that very plan.") { host, reason, dryRun }
            .WithExample("dom ctl diff web7.example.com", "look first")
            .WithExample("dom ctl clear-safety-stop web7.example.com --reason 'the image was slimmed down'", "then let it through")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var why = run.Value(dryRun) ? "" : CtlControls.RequireReason(run, reason);
                    var master = run.ConnectToMaster();
                    var sub = await CtlCommand.GetSubAsync(master, run.Value(host), cancellationToken);
                    if (sub.SafetyStopPlan.IsNone)
                    {
                        throw new CommandException(
                            ExitCode.Refused, "NotStopped", $"the safety stop does not hold {sub.Hostname}: its status is '{sub.Status}'");
                    }

                    if (sub.State?.Plan is { } plan)
                    {
                        run.Output.Note(
                            $"plan {plan.Id.ToShortString()} creates {Amounts.Count(plan.Creations)}, changes {Amounts.Count(plan.Changes)} and deletes {Amounts.Count(plan.Deletions)} of {Amounts.Count(plan.MachineInodes)} inodes");
                    }

                    var cleared = new ClearSafetyStopResponse { PlanId = sub.SafetyStopPlan };
                    if (!run.Value(dryRun))
                    {
                        // By the plan's id: what was shown is what is let through, even if the machine offers another plan meanwhile.
                        var request = new ClearSafetyStopRequest { Hostname = sub.Hostname, PlanId = sub.SafetyStopPlan, Reason = why };
                        cleared = await master.CallAsync(DominatorMethods.ClearSafetyShutoff, request, cancellationToken);
                        run.Output.Line($"{sub.Hostname}: plan {cleared.PlanId.ToShortString()} will be carried out");
                    }

                    run.Output.Document(cleared, CtlJson.Default.ClearSafetyStopResponse);
                    return ExitCode.Done;
                },
                CtlStatusCommand.Patience);
    }
}
