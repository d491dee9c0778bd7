using Dom.Core.Contracts.Subd;

namespace Dom.Tests.Roles.Sub.Drift;

/// <summary>Drift through the running sub: what deviated, what was done about it, and what is fought over.</summary>
[CancelAfter(60_000)]
public sealed class DriftTests
{
    [Test]
    public async Task Corrected_deviations_are_recorded_and_the_update_itself_is_not(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        var state = await rig.PollAsync(cancellationToken, news: false);
        Assert.That((state.DriftNumber, state.DriftLog == 0), Is.EqualTo((0L, false)), "filling the root is no drift");
        var began = DateTimeOffset.UtcNow;

        File.WriteAllText(rig.Root + "/etc/a", "drift");
        File.Delete(rig.Root + "/etc/b");
        File.WriteAllText(rig.Root + "/etc/extra", "x");
        File.SetUnixFileMode(rig.Root + "/etc/c", UnixFileMode.UserRead);
        await rig.PollUntilAsync(s => s.Plan is { Steps: 4 }, cancellationToken);
        state = await rig.ConvergeAsync(cancellationToken);

        Assert.That(state.DriftNumber, Is.EqualTo(4));
        var records = await ReadAsync(rig, state.DriftLog, 0, cancellationToken);
        Assert.That(
            records.Select(static r => $"{r.Path} {r.Kind} {r.Differs & ~DriftFields.Time}").Order(),
            Is.EqualTo(["/etc/a Changed Content", "/etc/b Missing None", "/etc/c Changed Mode", "/etc/extra Extra None"]));
        var changed = records.Single(static r => r.Path.ToString() == "/etc/a");
        Assert.That((changed.Old!.Content, changed.New!.Content, changed.Image), Is.EqualTo((rig.Id("drift"), rig.Id("a"), "test/1")));
        Assert.That(changed.FirstSeen, Is.InRange(began.AddMilliseconds(-1), changed.CorrectedAt));
        Assert.That(records.Single(static r => r.Kind == DriftKind.Extra).New, Is.Null);
        Assert.That(records.Single(static r => r.Kind == DriftKind.Missing).Old, Is.Null);
        Assert.That(await ReadAsync(rig, state.DriftLog, 3, cancellationToken), Has.Count.EqualTo(1));

        // Another image is no drift, and a restart forgets nothing.
        rig.Required = await rig.Shelf.AddAsync("test/2", rig.Source("two", ("/etc/a", "A")));
        await rig.ConvergeAsync(cancellationToken);
        await rig.StopSubAsync();
        await rig.StartSubAsync(cancellationToken);
        state = await rig.PollUntilAsync(s => s.Plan is { IsCompliant: true }, cancellationToken);
        Assert.That(state.DriftNumber, Is.EqualTo(4));
        Assert.That(await ReadAsync(rig, state.DriftLog, 0, cancellationToken), Has.Count.EqualTo(4));
    }

    [Test]
    public async Task A_path_that_is_fought_over_waits_and_everything_else_is_corrected(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        for (var i = 1; i <= 6; i++)
        {
            File.WriteAllText(rig.Root + "/etc/a", $"fight {i}");
            await rig.PollUntilAsync(s => s.Plan is { Steps: 1 }, cancellationToken);
            await rig.ConvergeAsync(cancellationToken);
        }

        File.WriteAllText(rig.Root + "/etc/a", "fight 7");
        File.SetUnixFileMode(rig.Root + "/etc/b", UnixFileMode.UserRead);
        var state = await rig.PollUntilAsync(s => s.Plan is { Steps: 1, Contested: 1 }, cancellationToken);
        Assert.That((state.Contested, state.ContestedPaths.Single().Path.ToString()), Is.EqualTo((1, "/etc/a")));
        Assert.That(state.ContestedPaths.Single().Corrections, Is.EqualTo(6));
        await rig.UpdateAsync(state, cancellationToken);
        state = await rig.PollUntilAsync(s => s is { Phase: SubPhase.Idle, Plan: { Steps: 0, Contested: 1 } }, cancellationToken);

        Assert.That(state.Plan!.IsCompliant, Is.False);
        Assert.That(rig.Read("/etc/a"), Is.EqualTo("fight 7"));
        Assert.That(File.GetUnixFileMode(rig.Root + "/etc/b"), Is.Not.EqualTo(UnixFileMode.UserRead));
        var records = await ReadAsync(rig, state.DriftLog, 0, cancellationToken);
        Assert.That(records.Select(static r => r.Contested), Is.EqualTo([false, false, false, false, false, true, false]));
        var exceptions = new List<PlanException>();
        await foreach (var page in rig.Client.StreamAsync(SubdMethods.GetPlan, new GetPlanRequest(), cancellationToken))
        {
            exceptions.AddRange(page.Exceptions);
        }

        Assert.That(exceptions.Select(static e => $"{e.Kind} {e.Path}"), Is.EqualTo(["Contested /etc/a"]));

        // Known to the next process too: the fight does not begin anew with every restart.
        await rig.StopSubAsync();
        await rig.StartSubAsync(cancellationToken);
        state = await rig.PollUntilAsync(s => s.Plan is { Steps: 0, Contested: 1 }, cancellationToken);

        // Another image is brought at once, contested or not.
        rig.Required = await rig.Shelf.AddAsync("test/2", rig.Source("two", ("/etc/a", "A"), ("/etc/b", "b"), ("/etc/c", "c")));
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/etc/a"), Is.EqualTo("A"));
    }

    private static async Task<SubRig> StartAsync(CancellationToken cancellationToken)
    {
        var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/etc/a", "a"), ("/etc/b", "b"), ("/etc/c", "c")));
        await rig.ConvergeAsync(cancellationToken);
        return rig;
    }

    private static async Task<List<DriftRecord>> ReadAsync(SubRig rig, ulong log, long after, CancellationToken cancellationToken)
    {
        var records = new List<DriftRecord>();
        await foreach (var page in rig.Client.StreamAsync(SubdMethods.GetDrift, new GetDriftRequest { Log = log, After = after }, cancellationToken))
        {
            Assert.That(page.Log, Is.EqualTo(log));
            records.AddRange(page.Records);
        }

        return records;
    }
}
