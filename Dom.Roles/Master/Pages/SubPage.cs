using System.Text.Json;
using Dom.Core.Contracts;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Master.Machines;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>One machine; what an update would do to which paths only for holders of a certificate.</summary>
internal sealed class SubPage(MasterService master, PageLayout layout)
{
    private const int ShownSteps = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Answers a request.</summary>
    public async ValueTask<PageResult> RenderAsync(PageRequest request, CancellationToken cancellationToken)
    {
        var host = request.Value("host") ?? "";
        if (master.Fleet.Find(host) is not { } machine)
        {
            return layout.Render(
                request, "No such machine", html => html.Element("p", $"The machine list has no machine '{host}'."), MasterPages.Banner(master), 404);
        }

        var info = request.User is null ? MasterPages.WithoutPaths(machine.Describe()) : machine.Describe();
        if (request.Value("output") == "json" && string.IsNullOrEmpty(request.Value("table")))
        {
            return PageResult.Json(JsonSerializer.SerializeToUtf8Bytes(info, ContractsJson.Default.SubInfo));
        }

        var (plan, fault) = request.User is null ? (null, "") : await PlanAsync(machine, cancellationToken);
        var tables = PlanTables(request, plan);
        return tables.Answer() ?? layout.Render(request, host, html => Write(html, request, info, tables, plan, fault), MasterPages.Banner(master));
    }

    private async Task<(PlanPage? Plan, string Fault)> PlanAsync(ManagedMachine machine, CancellationToken cancellationToken)
    {
        if (master.Images.Find(machine.Entry.RequiredImage) is not { } image || machine.Answer?.Plan is not { Steps: > 0 } and not { Blocked: > 0 } and not { Unknown: > 0 })
        {
            return (null, "");
        }

        using var patience = new CancellationTokenSource(Patience, master.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await foreach (var page in machine.GetPlanAsync(image, either.Token))
            {
                return (page, "");
            }

            return (null, "");
        }
        catch (RpcException fault)
        {
            return (null, fault.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"the machine did not give its plan within {Amounts.Duration(Patience)}");
        }
    }

    private void Write(HtmlWriter html, PageRequest request, SubInfo info, PageTables tables, PlanPage? plan, string fault)
    {
        using (html.Open("p"))
        {
            html.Badge(MachineStatuses.TryParse(info.Status, out var status) ? MasterPages.ToneOf(status) : Tone.Quiet, info.Status).Text(" ").Text(info.Detail);
        }

        html.Facts(ListFacts(info));
        if (info.State is { } state)
        {
            html.Heading("What the machine says");
            html.Facts(StateFacts(info, state));
            foreach (var log in state.ServiceLogs)
            {
                html.Heading($"What {log.Service} wrote before it failed");
                html.Element("pre", string.Join('\n', log.Lines));
            }
        }

        WritePlan(html, request, tables, plan, fault);
        using (html.Open("p"))
        {
            html.Text("As ").Link(PageAddress.WithQuery("/sub", "output", "json") + "&host=" + Uri.EscapeDataString(info.Hostname), "JSON").Text(". With a certificate: its ")
                .Link(PageAddress.WithQuery("/history", "host", info.Hostname), "history").Text(" and its ")
                .Link(PageAddress.WithQuery("/drift", "host", info.Hostname), "corrected drift").Text(".");
        }
    }

    private IEnumerable<(string Name, string Value)> ListFacts(SubInfo info)
    {
        var now = master.Clock.GetUtcNow();
        yield return ("Required image", info.RequiredImage.Length == 0 ? "none" : $"{info.RequiredImage} {Short(info.RequiredManifest)}");
        if (info.NewerImage.Length > 0)
        {
            yield return ("Newer image", info.NewerImage);
        }

        yield return ("Planned image", info.PlannedImage.Length == 0 ? "none" : info.PlannedImage);
        yield return ("Updates", info.UpdatesDisabled ? "disabled in the machine list" : "enabled in the machine list");
        if (info.Pause is { } pause)
        {
            yield return ("Paused", $"until {Amounts.Moment(pause.Until)} by {pause.User}: {pause.Reason}");
        }

        yield return ("Address", info.Address);
        yield return ("Location", info.Location.Length == 0 ? "not known" : info.Location);
        if (info.Tags.Count > 0)
        {
            yield return ("Tags", string.Join(", ", info.Tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}")));
        }

        yield return ("Last answer", Amounts.Ago(now - info.LastAnswer));
        yield return ("Became in sync", Amounts.Ago(now - info.LastSync));
        yield return ("Last update", Amounts.Ago(now - info.LastUpdate));
        if (info.LastReboot is { } reboot)
        {
            yield return ("Rebooted", Amounts.Ago(now - reboot));
        }

        yield return ("Drift corrected", $"{Amounts.Count(info.Corrections, "time", "times")} since the master started");
        if (!info.SafetyStopPlan.IsNone)
        {
            yield return ("Safety stop", $"at plan {info.SafetyStopPlan.ToShortString()}; after a look at it: dom ctl clear-safety-stop {info.Hostname} --reason …");
        }
    }

    private static IEnumerable<(string Name, string Value)> StateFacts(SubInfo info, PollResponse state)
    {
        yield return ("Phase", state.Phase.ToString());
        yield return ("Applied image", state.AppliedImage.Length == 0 ? "none" : $"{state.AppliedImage} {Short(state.AppliedManifest)}");
        if (state.Plan is { } plan)
        {
            yield return ("Plan", plan.IsCompliant
                ? "empty: the machine is as the image says"
                : $"{Amounts.Count(plan.Steps, "step", "steps")}: {Amounts.Count(plan.Creations)} made, {Amounts.Count(plan.Changes)} changed, {Amounts.Count(plan.Deletions)} deleted; "
                    + $"{Amounts.Bytes(plan.BytesToFetch)} to fetch; {Amounts.Count(plan.Blocked)} blocked, {Amounts.Count(plan.Unknown)} unreadable, {Amounts.Count(plan.Held)} held");
            yield return ("Services of the plan", plan.Services.Count == 0 ? "none" : string.Join(", ", plan.Services));
        }

        foreach (var contested in state.ContestedPaths)
        {
            yield return ("Contested", $"{contested.Path}, corrected {Amounts.Count(contested.Corrections, "time", "times")} in ten minutes{(contested.Writer.Length > 0 ? $"; changed by {contested.Writer}" : "")}");
        }

        yield return ("Inodes", Amounts.Count(state.Inodes));
        yield return ("Scans", $"{Amounts.Count(state.ScanCount)}, the last took {Amounts.Duration(state.LastScan)}");
        yield return ("Free space", Amounts.Bytes(state.FreeBytes));
        yield return ("Updates done", $"{Amounts.Count(state.UpdatesDone)}, the last swap took {Amounts.Duration(state.LastSwap)}");
        foreach (var (name, text) in new[] { ("Last fetch error", state.LastFetchError), ("Last update error", state.LastUpdateError), ("Last write error", state.LastWriteError) })
        {
            if (text.Length > 0)
            {
                yield return (name, text);
            }
        }

        if (state.FailedServices.Count > 0)
        {
            yield return ("Failed services", string.Join(", ", state.FailedServices));
        }

        if (state.Reboot != RebootState.None)
        {
            yield return ("Reboot", PollWords.Describe(state.Reboot, state.RebootReason));
        }

        if (state.Disruption != DisruptionState.None)
        {
            yield return ("Disruption", PollWords.Describe(state.Disruption, state.DisruptionReason));
        }

        if (state.OtherMaster.Length > 0)
        {
            yield return ("Another master", $"{state.OtherMaster} polls this machine too, and is refused while this one holds it");
        }

        yield return ("Sub", $"version {state.Version}, started {Amounts.Moment(state.StartTime)} by its clock");
        yield return ("Clock", info.ClockSkew.Duration() <= TimeSpan.FromSeconds(5)
            ? "within 5 s of the master's"
            : $"{Amounts.Duration(info.ClockSkew.Duration())} {(info.ClockSkew > TimeSpan.Zero ? "ahead of" : "behind")} the master's");
    }

    private static void WritePlan(HtmlWriter html, PageRequest request, PageTables tables, PlanPage? plan, string fault)
    {
        html.Heading("What an update would do", "plan");
        if (request.User is null)
        {
            html.Element("p", "Paths are shown over https to holders of a client certificate.", ("class", "empty"));
            return;
        }

        if (plan is null)
        {
            html.Element("p", fault.Length > 0 ? fault : "Nothing.", ("class", "empty"));
            return;
        }

        tables.Write(html, "steps");
        if (plan.Summary is { } summary && summary.Steps > plan.Steps.Count)
        {
            html.Element("p", $"These are the first {Amounts.Count(plan.Steps.Count)} of {Amounts.Count(summary.Steps)} steps; dom ctl diff shows all.");
        }

        if (plan.Exceptions.Count > 0)
        {
            tables.Write(html, "exceptions");
        }
    }

    /// <summary>The first page of the plan; empty without a certificate, since it names paths.</summary>
    private static PageTables PlanTables(PageRequest request, PlanPage? plan) => new PageTables(request)
        .Add(
            "steps",
            new PageTable<PlanLine>("Steps of the plan")
                .Text("Step", static row => row.Kind.ToString())
                .Text("Path", static row => row.Path.ToString())
                .Bytes("Size", static row => row.New is { Size: > 0 } inode ? (long)inode.Size : null, "size_bytes"),
            plan?.Steps ?? [],
            "No steps.",
            ShownSteps)
        .Add(
            "exceptions",
            new PageTable<PlanException>("Paths without a step")
                .Text("Kind", static row => row.Kind.ToString())
                .Text("Path", static row => row.Path.ToString())
                .Text("Why", static row => row.Reason, "reason"),
            plan?.Exceptions ?? [],
            "",
            ShownSteps);

    private static string Short(Core.Objects.ObjectId id) => id.IsNone ? "" : $"({id.ToShortString()})";
}
