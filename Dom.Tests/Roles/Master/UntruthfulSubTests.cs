using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Machines;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master;

/// <summary>Root on one machine controls what its sub says. The master of all others must not suffer from it.</summary>
[CancelAfter(30_000)]
public sealed class UntruthfulSubTests
{
    private static readonly Dictionary<string, Func<PollResponse, PollResponse>> Lies = new()
    {
        ["7 MB of version"] = s => s with { Version = new string('v', 7 << 20) },
        ["200,000 services"] = s => s with { FailedServices = [.. Enumerable.Range(0, 200_000).Select(i => $"s{i}")] },
        ["logs of 9 services"] = s => s with { ServiceLogs = [.. Enumerable.Range(0, 9).Select(static i => new ServiceLog { Service = $"s{i}" })] },
        ["21 lines"] = s => s with { ServiceLogs = [new ServiceLog { Service = "s", Lines = [.. Enumerable.Repeat("x", 21)] }] },
        ["a line of 513 characters"] = s => s with { ServiceLogs = [new ServiceLog { Service = "s", Lines = [new string('x', 513)] }] },
        ["a long reason of a reboot"] = s => s with { RebootReason = new string('x', 1025) },
        ["a long reason of a disruption"] = s => s with { DisruptionReason = new string('x', 1025) },
        ["1,001 services"] = s => s with { FailedServices = [.. Enumerable.Range(0, 1001).Select(i => "s")] },
        ["a long version"] = s => s with { Version = new string('v', 257) },
        ["a long error"] = s => s with { LastWriteError = new string('e', 1025) },
        ["a long path"] = s => s with { KeptPaths = [UnixPath.Of("/" + new string('p', 40_000))] },
        ["a negative count"] = s => s with { Inodes = -1 },
        ["a plan with a negative count"] = s => s with { Plan = ScriptedSub.Plan(s.RequiredManifest, 1) with { Deletions = -5 } },
        ["a plan with an absurd count"] = s => s with { Plan = ScriptedSub.Plan(s.RequiredManifest, 1) with { MachineInodes = long.MaxValue } },
    };

    [TestCaseSource(nameof(LieNames))]
    public async Task An_answer_beyond_the_limits_is_a_failed_poll_and_is_not_kept(string lie, CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var (sub, _) = await StartOneAsync(rig, cancellationToken);
        sub.Set(Lies[lie]);
        await rig.WhenAsync("a", MachineStatus.PollFailed, cancellationToken);
        Assert.That(PollLimits.Breach(rig.Info("a").State!), Is.Null, "the answer before stays");
        Assert.That(rig.Info("a").Detail, Has.Length.LessThan(300));
        Assert.That(sub.Updates, Is.Empty);
    }

    [Test]
    public void What_a_sub_reports_is_cut_to_what_a_master_takes()
    {
        var full = new PollResponse
        {
            Epoch = 1,
            Generation = 1,
            Version = new string('v', 5000),
            LastFetchError = new string('e', 5000),
            ServiceLogs = [.. Enumerable.Range(0, 30).Select(static i => new ServiceLog { Service = $"s{i}", Lines = [.. Enumerable.Repeat(new string('x', 9000), 40)] })],
            RebootReason = new string('r', 9000),
            DisruptionReason = new string('d', 9000),
            FailedServices = [.. Enumerable.Range(0, 5000).Select(i => new string('s', 300))],
            KeptPaths = [.. Enumerable.Range(0, 16).Select(i => UnixPath.Of("/" + new string('p', 4000)))],
            Plan = ScriptedSub.Plan(ScriptedSub.Id("m"), 1) with { Services = [.. Enumerable.Range(0, 5000).Select(i => $"{i}.service")] },
        };
        Assert.That(PollLimits.Breach(full), Is.Not.Null);
        var cut = PollLimits.Fit(full);
        Assert.That(PollLimits.Breach(cut), Is.Null);
        Assert.That(cut.LastFetchError, Has.Length.EqualTo(PollLimits.MaxText).And.EndsWith("…"));
        Assert.That(cut.KeptPaths, Has.Count.EqualTo(8));
    }

    [Test]
    public async Task A_machine_that_accepts_a_plan_and_does_nothing_is_directed_at_growing_intervals(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var (sub, manifest) = await StartOneAsync(rig, cancellationToken);
        sub.OnUpdate = static (me, _) => me.Set(static s => s);
        sub.Set(s => s with { Plan = ScriptedSub.Plan(manifest, 1) });
        await rig.WhenAsync("a", MachineStatus.UpdateFailed, cancellationToken);
        await AssertFewDirectionsAsync(rig, sub, cancellationToken);
        Assert.That(rig.Info("a").Detail, Does.Contain("did nothing"));
    }

    [Test]
    public async Task A_machine_that_says_done_and_offers_the_same_plan_is_directed_at_growing_intervals(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var (sub, manifest) = await StartOneAsync(rig, cancellationToken);
        sub.OnUpdate = (me, direction) => me.Set(s => s with { LastUpdatePlan = direction.PlanId, UpdatesDone = s.UpdatesDone + 1 });
        sub.Set(s => s with { Plan = ScriptedSub.Plan(manifest, 1) });
        await rig.WhenAsync("a", MachineStatus.UpdateFailed, cancellationToken);
        await AssertFewDirectionsAsync(rig, sub, cancellationToken);
    }

    [Test]
    public async Task A_plan_ends_where_its_summary_says(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var (sub, manifest) = await StartOneAsync(rig, cancellationToken);
        var line = new PlanLine { Kind = PlanStepKind.Delete, Path = UnixPath.Of("/x") };
        var page = new PlanPage { Steps = [line, line] };
        sub.Pages = [page with { Summary = ScriptedSub.Plan(manifest, 3) }, .. Enumerable.Repeat(page, 1000)];
        var taken = 0;
        var fault = Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var next in rig.Client().StreamAsync(DominatorMethods.GetSubPlan, new SubPlanRequest { Hostname = "a" }, cancellationToken))
            {
                taken += next.Steps.Count;
            }
        });
        Assert.That(fault?.Message, Does.Contain("more than the 3 steps"));
        Assert.That(taken, Is.EqualTo(2));
    }

    [Test]
    public void Pages_without_end_and_without_steps_are_refused(CancellationToken cancellationToken)
    {
        var pages = new[] { new PlanPage { Summary = ScriptedSub.Plan(default, 3) }, new PlanPage(), new PlanPage() }.ToAsyncEnumerable();
        var fault = Assert.ThrowsAsync<RpcException>(async () => await pages.WithinSummaryAsync("a", cancellationToken).CountAsync(cancellationToken));
        Assert.That(fault?.Message, Does.Contain("without steps"));
    }

    private static IEnumerable<string> LieNames() => Lies.Keys;

    private static async Task AssertFewDirectionsAsync(MasterRig rig, ScriptedSub sub, CancellationToken cancellationToken)
    {
        // Each change of the state is one more poll at once, as a liar would have it.
        for (var i = 0; i < 30; i++)
        {
            var polls = sub.Polls;
            sub.Set(s => s with { BootId = $"{i}" });
            await rig.WhenAsync(() => sub.Polls > polls, () => "no poll", cancellationToken, step: TimeSpan.FromMilliseconds(100));
        }

        Assert.That(sub.Updates, Has.Count.EqualTo(1));
    }

    private static async Task<(ScriptedSub Sub, ObjectId Manifest)> StartOneAsync(MasterRig rig, CancellationToken cancellationToken)
    {
        var manifest = rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: manifest));
        rig.WriteList(new Machine { Hostname = "a", RequiredImage = "web/1" });
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        return (sub, manifest);
    }
}
