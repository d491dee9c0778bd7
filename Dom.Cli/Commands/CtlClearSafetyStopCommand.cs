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
        return new Verb("clear-safety-stop", "Lets the plan at which a machine is stopped through; only that very plan.") { host, reason }
            .Prints(CtlJson.Default.ClearSafetyStopResponse)
            .WithDryRun()
            .WithExample("dom ctl diff web7.example.com", "look first")
            .WithExample("dom ctl clear-safety-stop web7.example.com --reason 'the image was slimmed down'", "then let it through")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var why = CtlControls.RequireReason(run, reason);
                    var master = run.ConnectToMaster();
                    var sub = await CtlCommand.GetSubAsync(master, run.Value(host), cancellationToken);
                    if (sub.SafetyStopPlan.IsNone)
                    {
                        throw new CommandException(
                            ExitCode.Refused, "NotStopped", $"the safety stop does not hold {sub.Hostname}: its status is '{sub.Status}'", $"`dom ctl show-sub {sub.Hostname}` says more; `dom ctl list-subs --status 'unsafe update'` lists the machines it holds");
                    }

                    var what = sub.State?.Plan is not { } plan ? $"plan {sub.SafetyStopPlan.ToShortString()}"
                        : $"plan {plan.Id.ToShortString()} creates {Amounts.Count(plan.Creations)}, changes {Amounts.Count(plan.Changes)} and deletes {Amounts.Count(plan.Deletions)} of {Amounts.Count(plan.MachineInodes)} inodes";
                    if (run.IsDryRun)
                    {
                        var report = new DryRunReport(run);
                        report.Add(sub.Hostname, sub.Status, what);
                        return report.Print($"would let plan {sub.SafetyStopPlan.ToShortString()} of {sub.Hostname} through");
                    }

                    // By the plan's id: what was shown is what is let through, even if the machine offers another plan meanwhile.
                    run.Output.Note(what);
                    var request = new ClearSafetyStopRequest { Hostname = sub.Hostname, PlanId = sub.SafetyStopPlan, Reason = why };
                    var cleared = await master.CallAsync(DominatorMethods.ClearSafetyShutoff, request, cancellationToken);
                    run.Output.Line($"{sub.Hostname}: plan {cleared.PlanId.ToShortString()} will be carried out");
                    run.Output.Document(cleared, CtlJson.Default.ClearSafetyStopResponse);
                    return ExitCode.Done;
                },
                CtlStatusCommand.Patience);
    }
}
