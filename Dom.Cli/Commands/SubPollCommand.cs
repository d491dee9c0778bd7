using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.Subd;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub poll</c>: how a machine is, asked of the machine itself. Takes no hold and renews nothing.</summary>
internal static class SubPollCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        var follow = new Option<bool>("--follow") { Description = "Goes on, and prints the state each time it is another one." };
        return new Verb("poll", "Shows how a machine is, asked of the machine itself; unlike a master's poll it takes nothing and changes nothing.") { host, follow }
            .PrintsLines(SubJson.Default.SubState)
            .WithExample("dom sub poll web7.example.com", "its images, phase, holder, faults")
            .WithExample("dom sub poll web7.example.com --follow --json", "a JSON document a line, as it changes")
            .Runs(async (run, cancellationToken) =>
            {
                var sub = SubCommand.Connect(run, run.Value(host));
                for (SubState? state = null; ;)
                {
                    var before = state;
                    state = before is null ? await SubCommand.GetStateAsync(sub, cancellationToken) : await SubCommand.GetNextStateAsync(sub, before, cancellationToken);
                    if (before is null || (before.Reported.Epoch, before.Reported.Generation) != (state.Reported.Epoch, state.Reported.Generation))
                    {
                        Print(run, run.Value(host), state);
                        run.Output.StreamedDocument(state, SubJson.Default.SubState);
                    }

                    if (!run.Value(follow))
                    {
                        return ExitCode.Done;
                    }
                }
            });
    }

    private static void Print(CommandRun run, string host, SubState state)
    {
        var reported = state.Reported;
        var facts = new FactLines(run.Output);
        facts.Add("machine", host);
        facts.Add("phase", reported.Phase.ToString());
        facts.Add("required image", state.Required is { } required ? $"{required.Name} ({required.Manifest.ToShortString()}), {reported.RequiredReadiness}" : "none");
        facts.Add("planned image", state.Planned is { } planned ? $"{planned.Name} ({planned.Manifest.ToShortString()}), {reported.PlannedReadiness}" : "");
        facts.Add("applied image", reported.AppliedManifest.IsNone ? "none" : $"{reported.AppliedImage} ({reported.AppliedManifest.ToShortString()})");
        facts.Add("compliant", state.Required is null ? "" : state.IsCompliant ? "yes" : "no");
        facts.Add("plan", reported.Plan is { IsCompliant: false } plan ? PlanOutput.Describe(host, plan) : "");
        facts.Add("held by", state.Holder is { } holder ? $"the master {holder.Master}, certificate of {holder.User}, which polled {Amounts.Ago(holder.LastPoll)}" : "no master");
        facts.Add("updates", state.Halted ? "stopped by the master" : "");
        facts.Add("rolled back", reported.RolledBackManifest.IsNone ? "" : $"{reported.RolledBackManifest.ToShortString()}: {reported.RolledBackReason}");
        facts.Add("speeds", reported.SpeedsSet);
        facts.Add("under pressure", state.UnderPressure ? "yes: reading contents again is nearly stopped" : "");
        facts.Add("services", reported.ServicesDown ? "some that an update stopped are not running again" : "");
        facts.Add("failed services", string.Join(", ", reported.FailedServices));
        facts.Add("room", reported.Shortage);
        facts.Add("reboot", PollWords.Describe(reported.Reboot, reported.RebootReason));
        facts.Add("disruption", PollWords.Describe(reported.Disruption, reported.DisruptionReason));
        facts.Add("last fetch error", reported.LastFetchError);
        facts.Add("last update error", reported.LastUpdateError);
        facts.Add("last write error", reported.LastWriteError);
        facts.Add("changes told", reported.NoticeFault.Length > 0 ? $"no: {reported.NoticeFault}" : "");
        facts.Add("contested paths", reported.Contested > 0 ? Amounts.Count(reported.Contested) : "");
        facts.Add("put aside", reported.Kept > 0 ? Amounts.Count(reported.Kept) : "");
        facts.Add("deviations", $"{Amounts.Count(reported.DriftNumber)} corrected");
        facts.Add("scans", $"{Amounts.Count(reported.ScanCount)}, {Amounts.Count(reported.Inodes)} inodes, the last took {Amounts.Duration(reported.LastScan)}");
        facts.Add("unread files", state.Unread > 0 ? Amounts.Count(state.Unread) : "");
        facts.Add("free space", Amounts.Bytes(reported.FreeBytes));
        facts.Add("sub", $"version {reported.Version}, started {Amounts.Moment(reported.StartTime)} by its clock");
        ServiceLogLines.Print(run.Output, reported.ServiceLogs);
    }
}
