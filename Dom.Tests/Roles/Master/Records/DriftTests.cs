using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Master.Records;

[CancelAfter(60_000)]
public sealed class DriftTests
{
    [Test]
    public async Task Corrected_drift_is_fetched_kept_counted_and_shown_once(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = await StartAsync(rig, cancellationToken);
        Correct(sub, "/etc/passwd", DriftKind.Changed);
        await WhenKeptAsync(rig, 1, cancellationToken);
        Correct(sub, "/etc/motd", DriftKind.Missing);
        Correct(sub, "/etc/evil", DriftKind.Extra);
        await WhenKeptAsync(rig, 3, cancellationToken);
        await using var port = await MasterOverTls.StartAsync(rig, cancellationToken);
        await using var client = port.Client("bob");
        var entries = await ReadAsync(client, new DriftQuery(), cancellationToken);
        Assert.That(
            entries.Select(e => (e.Hostname, e.Record.Path.ToString(), e.Record.Kind)),
            Is.EqualTo(new[] { ("a", "/etc/passwd", DriftKind.Changed), ("a", "/etc/motd", DriftKind.Missing), ("a", "/etc/evil", DriftKind.Extra) }));
        Assert.That(rig.Metrics, Does.Contain("dom_drift_corrected_total{kind=\"changed\"} 1").And.Contain("dom_drift_corrected_total{kind=\"extra\"} 1"));
        Assert.That(await ReadAsync(client, new DriftQuery { Machines = new SubQuery { Hostnames = ["b"] } }, cancellationToken), Is.Empty);

        await rig.StopAsync();
        await rig.StartAsync(cancellationToken);
        Correct(sub, "/etc/hosts", DriftKind.Changed);
        await WhenKeptAsync(rig, 4, cancellationToken);
        Assert.That(sub.DriftRequests[^1], Is.EqualTo(new GetDriftRequest { Log = 5, After = 3 }), "after a restart it goes on where it was");
    }

    [Test]
    public async Task A_machine_with_a_new_log_is_asked_for_all_of_it(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = await StartAsync(rig, cancellationToken);
        Correct(sub, "/a", DriftKind.Changed);
        Correct(sub, "/b", DriftKind.Changed);
        await WhenKeptAsync(rig, 2, cancellationToken);
        sub.ForgetDrift(newLog: 6);
        Correct(sub, "/c", DriftKind.Changed);
        await WhenKeptAsync(rig, 3, cancellationToken);
        Assert.That(rig.Service.Drift.Read("a").Select(e => (e.Log, e.Record.Number)), Is.EqualTo(new[] { (5UL, 1L), (5UL, 2L), (6UL, 1L) }));
    }

    [Test]
    public async Task What_could_not_be_fetched_is_fetched_with_a_later_answer(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = await StartAsync(rig, cancellationToken);
        sub.DriftFault = new RpcException(RpcStatus.Internal, "no");
        Correct(sub, "/a", DriftKind.Changed);
        await rig.WhenAsync(() => rig.Metrics.Contains("dom_drift_fetch_failures_total 1", StringComparison.Ordinal), () => rig.Metrics, cancellationToken);
        sub.DriftFault = null;
        sub.Set(s => s);
        await WhenKeptAsync(rig, 1, cancellationToken);
    }

    [TestCase("endless")]
    [TestCase("large page")]
    [TestCase("number twice")]
    [TestCase("long name")]
    public async Task A_machine_that_sends_what_cannot_be_is_not_believed(string lie, CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = await StartAsync(rig, cancellationToken);
        sub.DriftInstead = lie switch
        {
            "endless" => Enumerable.Range(0, int.MaxValue).Select(i => Page(Enumerable.Range((i * 200) + 1, 200).Select(n => Record(n)))),
            "large page" => [Page(Enumerable.Range(1, 257).Select(n => Record(n)))],
            "number twice" => [Page([Record(1), Record(1)])],
            _ => [Page([Record(1) with { Image = new string('i', 5_000) }])],
        };
        sub.Set(s => s with { DriftLog = 5, DriftNumber = 1 });
        await rig.WhenAsync(() => rig.Metrics.Contains("dom_drift_fetch_failures_total 1", StringComparison.Ordinal), () => rig.Metrics, cancellationToken);
        Assert.That(rig.Service.Drift.Read("a").Count(), Is.LessThanOrEqualTo(lie == "endless" ? 10_256 : 0));

        static DriftPage Page(IEnumerable<DriftRecord> records) => new() { Log = 5, Records = [.. records] };

        static DriftRecord Record(long number) => new() { Number = number, Path = UnixPath.Parse("/a"), Kind = DriftKind.Changed };
    }

    [Test]
    public async Task The_hook_gets_each_deviation_as_a_line_and_one_that_hangs_is_killed(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        var heard = directory.Combine("heard");
        await using var rig = new MasterRig();
        rig.Options = rig.Options with { DriftHook = WriteHook(directory, $"cat >> {heard}; if grep -q slumber {heard}; then sleep 1000; fi"), DriftHookTimeout = TimeSpan.FromSeconds(3) };
        var sub = await StartAsync(rig, cancellationToken);
        Correct(sub, "/etc/passwd", DriftKind.Changed);
        await rig.WhenAsync(() => File.Exists(heard) && File.ReadAllText(heard).Contains("/etc/passwd", StringComparison.Ordinal), () => "it is not told", cancellationToken);
        await rig.WhenAsync(() => rig.Metrics.Contains("dom_drift_hook_total{outcome=\"done\"} 1", StringComparison.Ordinal), () => rig.Metrics, cancellationToken);
        Assert.That(File.ReadAllText(heard), Does.StartWith("{\"hostname\":\"a\"").And.EndsWith("\n"));
        Correct(sub, "/slumber", DriftKind.Extra);
        await rig.WhenAsync(() => File.ReadAllText(heard).Contains("slumber", StringComparison.Ordinal), () => "it is not told", cancellationToken);
        await rig.WhenAsync(
            () => rig.Metrics.Contains("dom_drift_hook_total{outcome=\"failed\"} 1", StringComparison.Ordinal), () => rig.Metrics, cancellationToken, step: TimeSpan.FromSeconds(1));
    }

    [Test]
    public async Task A_hook_that_cannot_be_run_changes_nothing_else(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Options = rig.Options with { DriftHook = "/no/such/hook" };
        var sub = await StartAsync(rig, cancellationToken);
        Correct(sub, "/a", DriftKind.Changed);
        await rig.WhenAsync(() => rig.Metrics.Contains("dom_drift_hook_total{outcome=\"failed\"} 1", StringComparison.Ordinal), () => rig.Metrics, cancellationToken);
        Correct(sub, "/b", DriftKind.Changed);
        await WhenKeptAsync(rig, 2, cancellationToken);
    }

    private static async Task<ScriptedSub> StartAsync(MasterRig rig, CancellationToken cancellationToken)
    {
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: rig.Images.Add("web/1")));
        await rig.StartOneAsync(MachineStatus.Synced, cancellationToken);
        return sub;
    }

    private static void Correct(ScriptedSub sub, string path, DriftKind kind) =>
        sub.AddDrift(number => new DriftRecord { Number = number, Path = UnixPath.Parse(path), Kind = kind, Image = "web/1" });

    private static Task WhenKeptAsync(MasterRig rig, int count, CancellationToken cancellationToken) =>
        rig.WhenAsync(() => rig.Service.Drift.Read("a").Count() == count, () => $"{rig.Service.Drift.Read("a").Count()} are kept", cancellationToken);

    private static async Task<List<DriftEntry>> ReadAsync(RpcChannel client, DriftQuery query, CancellationToken cancellationToken) =>
        await client.StreamAsync(DominatorMethods.GetDrift, query, cancellationToken).SelectMany(p => p.Entries).ToListAsync(cancellationToken);

    private static string WriteHook(TempDirectory directory, string script)
    {
        var path = directory.Combine("hook");
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
