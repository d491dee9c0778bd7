using System.CommandLine;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl disable-updates</c> and <c>enable-updates</c>: the emergency stop.</summary>
internal static class CtlUpdatesCommand
{
    private static readonly string Synced = MachineStatus.Synced.Word();

    /// <summary>Builds the command that stops.</summary>
    public static Command BuildDisable() => Build(
        "disable-updates", "Stops all changes on all machines, at once and until enabled again.", DominatorMethods.DisableUpdates,
        "dom ctl disable-updates 'web/101 breaks logins'", "nothing is changed anywhere from now on");

    /// <summary>Builds the command that lets go on.</summary>
    public static Command BuildEnable() => Build(
        "enable-updates", "Ends the emergency stop.", DominatorMethods.EnableUpdates,
        "dom ctl enable-updates 'web/102 is required now'", "machines are brought to their images again");

    private static Verb Build(string name, string description, RpcMethod<ReasonRequest, UpdatesSwitch> method, string example, string meaning)
    {
        var reason = new Argument<string>("reason") { Description = "Why; shown to everybody until it is switched again.", HelpName = "REASON" };
        return new Verb(name, description) { reason }
            .Prints(CtlJson.Default.UpdatesSwitch)
            .WithDryRun()
            .WithExample(example, meaning)
            .Runs(
                async (run, cancellationToken) =>
                {
                    if (run.IsDryRun)
                    {
                        return await LookAsync(run, method == DominatorMethods.DisableUpdates, cancellationToken);
                    }

                    var state = await run.ConnectToMaster().CallAsync(method, new ReasonRequest { Reason = run.Value(reason) }, cancellationToken);
                    run.Output.Line(Describe(state));
                    run.Output.Document(state, CtlJson.Default.UpdatesSwitch);
                    return ExitCode.Done;
                },
                CtlStatusCommand.Patience);
    }

    private static async Task<int> LookAsync(CommandRun run, bool disable, CancellationToken cancellationToken)
    {
        var master = run.ConnectToMaster();
        var status = await master.CallAsync(DominatorMethods.GetStatus, new SubQuery(), cancellationToken);
        var report = new DryRunReport(run);
        report.Add("updates", Describe(status.Updates), disable ? "disabled for all machines" : "enabled");

        // Machines in sync are not touched either way; what would stop or start are those that differ.
        await report.AddMachinesAsync(master, new SubQuery(), sub => sub.Status == Synced ? null : disable ? "stays as it is" : Would(sub), fault: null, cancellationToken);
        return report.Print(disable
            ? $"would stop all changes on {Amounts.Count(status.Machines, "machine", "machines")}, of which {Amounts.Count(report.Changes - 1)} are not in sync"
            : $"would let {Amounts.Count(status.Machines, "machine", "machines")} be changed again, of which {Amounts.Count(report.Changes - 1)} are not in sync");

        static string Would(SubInfo sub) => sub.RequiredImage.Length > 0 ? $"brought to {sub.RequiredImage}" : "stays as it is: no image is required";
    }

    /// <summary>The switch in one line.</summary>
    public static string Describe(UpdatesSwitch state) => state switch
    {
        { User.Length: 0 } => "updates are enabled",
        { Disabled: true } => $"updates are DISABLED since {Amounts.Moment(state.Since)} by {state.User}: {state.Reason}",
        _ => $"updates are enabled since {Amounts.Moment(state.Since)} by {state.User}: {state.Reason}",
    };
}
