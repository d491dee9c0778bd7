using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl status</c>: the fleet in a few numbers.</summary>
internal static class CtlStatusCommand
{
    /// <summary>How long the short commands wait for the master.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb("status", "Shows the fleet in a few numbers.")
        .Prints(CtlJson.Default.MasterStatus)
        .WithExample("dom ctl status", "how many machines are in which state, and what is stopped")
        .WithExample("dom ctl status --json", "for a program")
        .Runs(ShowAsync, Patience);

    private static async Task<int> ShowAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var status = await run.ConnectToMaster().CallAsync(DominatorMethods.GetStatus, new SubQuery(), cancellationToken);
        var output = run.Output;
        output.Line(status.Updates.Disabled ? Tone.Bad : Tone.Quiet, CtlUpdatesCommand.Describe(status.Updates));
        if (status.MachineListError.Length > 0)
        {
            output.Line(status.MachineListError);
        }

        foreach (var (other, machines) in status.OtherMasters)
        {
            output.Line(Tone.Warning, $"another master, {other}, polls {Amounts.Count(machines, "machine", "machines")} of this one too, and is refused while this one holds them");
        }

        foreach (var (holder, machines) in status.Holders)
        {
            output.Line(Tone.Bad, $"another master, {holder}, holds {Amounts.Count(machines, "machine", "machines")} of this one's list; to take one over: dom ctl take-over HOST --reason R");
        }

        foreach (var image in status.HaltedImages)
        {
            output.Line($"the image {image} stopped rolling after failures; to let it go on: dom ctl clear-halt {image}");
        }

        output.Line($"{Amounts.Count(status.Machines, "machine", "machines")}: {Amounts.Count(status.Compliant)} in sync, {Amounts.Count(status.Deviant)} differ, {Amounts.Count(status.Machines - status.Alive)} do not answer");
        output.Table(
            new TextTable<KeyValuePair<string, int>>().Number("MACHINES", s => Amounts.Count(s.Value)).Column("STATUS", s => s.Key),
            status.ByStatus.OrderByDescending(s => s.Value));
        output.Document(status, CtlJson.Default.MasterStatus);
        return ExitCode.Done;
    }
}
