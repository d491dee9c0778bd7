using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl show-sub</c>: everything the master knows of one machine.</summary>
internal static class CtlShowSubCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = CtlCommand.HostArgument();
        return new Verb("show-sub", "Shows what the master knows of one machine.") { host }
            .Prints(CtlJson.Default.SubInfo)
            .WithExample("dom ctl show-sub web7.example.com", "its status and why, its images, its last answer")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var sub = await CtlCommand.GetSubAsync(run.ConnectToMaster(), run.Value(host), cancellationToken);
                    Print(run, sub);
                    run.Output.Document(sub, CtlJson.Default.SubInfo);
                    return ExitCode.Done;
                },
                CtlStatusCommand.Patience);
    }

    /// <summary>Prints what the master knows of a machine, for people.</summary>
    public static void Print(CommandRun run, SubInfo sub)
    {
        var now = run.Time.GetUtcNow();
        var facts = new FactLines(run.Output);
        Fact("machine", sub.Hostname);
        Fact("status", sub.Detail.Length > 0 ? $"{sub.Status}: {sub.Detail}" : sub.Status);
        Fact("required image", sub.RequiredManifest.IsNone ? sub.RequiredImage : $"{sub.RequiredImage} ({sub.RequiredManifest.ToShortString()})");
        Fact("newer image", sub.NewerImage);
        Fact("planned image", sub.PlannedImage);
        Fact("updates", sub.UpdatesDisabled ? "disabled in the machine list" : "enabled in the machine list");
        if (sub.Pause is { } pause)
        {
            Fact("paused", $"until {Amounts.Moment(pause.Until)} by {pause.User}: {pause.Reason}");
        }

        Fact("address", sub.Address);
        Fact("location", sub.Location);
        Fact("tags", string.Join(", ", sub.Tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}")));
        Fact("last answer", Ago(sub.LastAnswer));
        Fact("became in sync", Ago(sub.LastSync));
        Fact("last update", Ago(sub.LastUpdate));
        if (sub.LastReboot is not null)
        {
            Fact("rebooted", Ago(sub.LastReboot));
        }

        Fact("corrections", Amounts.Count(sub.Corrections));
        if (!sub.SafetyStopPlan.IsNone)
        {
            Fact("safety stop", $"at plan {sub.SafetyStopPlan.ToShortString()}; look at it with dom ctl diff {sub.Hostname}");
        }

        if (sub.ClockSkew.Duration() > TimeSpan.FromSeconds(5))
        {
            Fact("clock", $"{Amounts.Duration(sub.ClockSkew.Duration())} {(sub.ClockSkew > TimeSpan.Zero ? "ahead of" : "behind")} the master's");
        }

        if (sub.HeldBy is { } holder)
        {
            Fact("held by", $"the master {holder.Master}, certificate of {holder.User}");
        }

        if (sub.State is not { } state)
        {
            return;
        }

        Fact("phase", state.Phase.ToString());
        Fact("applied image", state.AppliedManifest.IsNone ? "none" : $"{state.AppliedImage} ({state.AppliedManifest.ToShortString()})");
        if (state.Plan is { } plan)
        {
            Fact("plan", plan.IsCompliant
                ? "empty"
                : $"{Amounts.Count(plan.Steps, "step", "steps")}: {plan.Creations} created, {plan.Changes} changed, {plan.Deletions} deleted, {plan.Blocked} blocked, {plan.Unknown} unreadable");
        }

        Fact("last fetch error", state.LastFetchError);
        Fact("last update error", state.LastUpdateError);
        Fact("last write error", state.LastWriteError);
        Fact("failed services", string.Join(", ", state.FailedServices));
        Fact("reboot", PollWords.Describe(state.Reboot, state.RebootReason));
        Fact("disruption", PollWords.Describe(state.Disruption, state.DisruptionReason));
        Fact("other master", state.OtherMaster);
        Fact("speeds", state.SpeedsSet);
        Fact("scans", $"{Amounts.Count(state.ScanCount)}, {Amounts.Count(state.Inodes)} inodes, the last took {Amounts.Duration(state.LastScan)}");
        Fact("free space", Amounts.Bytes(state.FreeBytes));
        Fact("sub", $"version {state.Version}, started {Amounts.Moment(state.StartTime)} by its clock");

        ServiceLogLines.Print(run.Output, state.ServiceLogs);

        string Ago(DateTimeOffset? moment) => Amounts.Ago(now - moment);

        void Fact(string name, string value) => facts.Add(name, value);
    }
}
