using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Core.Trees.Triggers;

namespace Dom.Tests.Roles.Sub;

[CancelAfter(60_000)]
public sealed class SubRoleTests
{
    [Test]
    public async Task An_empty_directory_becomes_the_image_and_stays_it(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        var source = rig.Source("image", ("/etc/passwd", "root"), ("/etc/ssh/sshd_config", "Port 22"), ("/usr/bin/tool", "#!/bin/sh\n"), ("/empty", ""));
        File.SetUnixFileMode(Path.Combine(source, "usr/bin/tool"), (UnixFileMode)0x1ed);
        File.CreateSymbolicLink(Path.Combine(source, "link"), "etc/passwd");
        rig.Required = await rig.Shelf.AddAsync("test/1", source);

        var state = await rig.ConvergeAsync(cancellationToken);

        Assert.That(rig.Read("/etc/ssh/sshd_config"), Is.EqualTo("Port 22"));
        Assert.That(File.GetUnixFileMode(rig.Root + "/usr/bin/tool"), Is.EqualTo((UnixFileMode)0x1ed));
        Assert.That(new FileInfo(rig.Root + "/link").LinkTarget, Is.EqualTo("etc/passwd"));
        Assert.That(state.AppliedManifest, Is.EqualTo(rig.Required.Manifest));
        Assert.That(state.AppliedImage, Is.EqualTo("test/1"));
        Assert.That(state.UpdatesDone, Is.EqualTo(1));

        File.WriteAllText(rig.Root + "/etc/passwd", "mallory");
        File.Delete(rig.Root + "/usr/bin/tool");
        File.WriteAllText(rig.Root + "/extra", "extra");
        File.SetUnixFileMode(rig.Root + "/etc/ssh/sshd_config", UnixFileMode.UserRead);
        var drift = await rig.PollUntilAsync(s => s.Plan is { Steps: 4 }, cancellationToken);
        Assert.That((drift.Plan!.Creations, drift.Plan.Changes, drift.Plan.Deletions), Is.EqualTo((1, 2, 1)));
        await rig.ConvergeAsync(cancellationToken);

        Assert.That(rig.Read("/etc/passwd"), Is.EqualTo("root"));
        Assert.That(File.Exists(rig.Root + "/extra"), Is.False);
    }

    [Test]
    public async Task A_poll_that_wants_to_wait_for_years_holds_the_machine_for_minutes(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        await rig.Client.CallAsync(SubdMethods.Poll, new PollRequest { Master = "patient", Instance = 1, Wait = TimeSpan.FromDays(10_000) }, cancellationToken);

        var answer = await rig.Client.CallAsync(SubdMethods.Poll, new PollRequest { Master = "other", Instance = 2 }, cancellationToken);

        Assert.That(answer.HeldBy?.Remaining, Is.LessThan(TimeSpan.FromMinutes(10)));
    }

    [Test]
    public async Task Contents_that_the_machine_has_are_not_fetched(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        Directory.CreateDirectory(rig.Root + "/old");
        File.WriteAllText(rig.Root + "/old/place", "moved content");
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/new/place", "moved content"), ("/new/other", "new content")));
        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.NeedsTree, cancellationToken);
        await rig.FetchAsync(rig.Required, cancellationToken, FetchScope.Tree);
        await rig.PollUntilAsync(s => s.Plan is { Deletions: > 0 }, cancellationToken);

        await rig.ConvergeAsync(cancellationToken);

        Assert.That(rig.Read("/new/place"), Is.EqualTo("moved content"));
        Assert.That(rig.Shelf.Asked, Is.EqualTo([rig.Id("new content")]));
    }

    [Test]
    public async Task After_a_restart_the_sub_compares_without_an_image_server(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "a"), ("/dir/b", "b")));
        await rig.ConvergeAsync(cancellationToken);
        var sent = rig.Shelf.Sent;

        await rig.StopSubAsync();
        File.WriteAllText(rig.Root + "/dir/extra", "x");
        await rig.StartSubAsync(cancellationToken);
        var state = await rig.PollUntilAsync(s => s.Plan is { Steps: 1 }, cancellationToken);
        await rig.UpdateAsync(state, cancellationToken);
        await rig.PollUntilAsync(s => s.Phase == SubPhase.Idle && s.Plan is { IsCompliant: true }, cancellationToken);

        Assert.That(rig.Shelf.Sent, Is.EqualTo(sent));
        Assert.That(state.AppliedImage, Is.EqualTo("test/1"));
    }

    [Test]
    public async Task The_same_work_has_the_same_plan_after_a_restart_but_an_update_needs_the_new_epoch(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "a"), ("/b", "b")));
        await rig.ConvergeAsync(cancellationToken);
        File.WriteAllText(rig.Root + "/extra", "x");
        var before = await rig.PollUntilAsync(s => s.Plan is { Steps: 1 }, cancellationToken);

        await rig.StopSubAsync();
        await rig.StartSubAsync(cancellationToken);
        var after = await rig.PollUntilAsync(s => s.Plan is { Steps: 1 }, cancellationToken);

        Assert.That(after.Plan!.Id, Is.EqualTo(before.Plan!.Id));
        Assert.That(after.Epoch, Is.Not.EqualTo(before.Epoch));
        Assert.That(
            () => rig.UpdateAsync(before, cancellationToken),
            Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("PlanChanged"));
    }

    [Test]
    public async Task An_update_that_exceeds_the_counts_or_looks_like_a_mistake_is_refused(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        for (var i = 0; i < 30; i++)
        {
            File.WriteAllText($"{rig.Root}/precious{i}", "data");
        }

        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "a")));
        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.NeedsTree && s.Phase == SubPhase.Idle, cancellationToken);
        await rig.FetchAsync(rig.Required, cancellationToken);
        var state = await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.Ready, Phase: SubPhase.Idle }, cancellationToken);

        Assert.That(state.Plan!.Deletions, Is.EqualTo(30));
        Assert.That(
            () => rig.UpdateAsync(state, cancellationToken, r => r with { Deletions = 29 }),
            Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("PlanTooLarge"));
        Assert.That(
            () => rig.UpdateAsync(state, cancellationToken, r => r with { MachineInodes = state.Plan.MachineInodes - 1 }),
            Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("PlanTooLarge").And.Message.Contains("in scope"));
        Assert.That(
            () => rig.UpdateAsync(state, cancellationToken, r => r with { OverrideSafety = false }),
            Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("Unsafe"));
        await rig.UpdateAsync(state, cancellationToken);
        await rig.PollUntilAsync(s => s.Phase == SubPhase.Idle && s.Plan is { IsCompliant: true }, cancellationToken);
    }

    [Test]
    public async Task A_halt_ends_a_fetch_keeps_what_arrived_and_refuses_updates(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "a"), ("/b", new string('b', 3_000_000))));
        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.NeedsTree && s.Phase == SubPhase.Idle, cancellationToken);
        var never = new TaskCompletionSource();
        var chunks = 0;
        rig.Shelf.BeforeChunk = token => Interlocked.Increment(ref chunks) > 8 ? never.Task.WaitAsync(token) : Task.CompletedTask;
        await rig.FetchAsync(rig.Required, cancellationToken);
        await rig.PollUntilAsync(s => s.Phase == SubPhase.Fetching, cancellationToken);

        rig.Halt = true;
        var state = await rig.PollUntilAsync(s => s.Phase == SubPhase.Idle, cancellationToken);

        Assert.That(
            () => rig.FetchAsync(rig.Required, cancellationToken),
            Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("Halted"));
        rig.Halt = false;
        rig.Shelf.BeforeChunk = static _ => Task.CompletedTask;
        state = await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/b"), Has.Length.EqualTo(3_000_000));
    }

    [Test]
    public async Task Triggers_of_the_applied_and_the_required_image_run_around_the_swap(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        var ssh = new Trigger { MatchLines = ["/etc/ssh/.*"], Service = "ssh" };
        var cron = new Trigger { MatchLines = ["/etc/cron$"], Service = "cron", DoReload = true };
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("one", ("/etc/ssh/config", "1"), ("/etc/cron", "1"), ("/x", "x")), m => m with { Triggers = [ssh, cron] });
        await rig.ConvergeAsync(cancellationToken);
        File.Delete(rig.ServiceLog);

        rig.Required = await rig.Shelf.AddAsync("test/2", rig.Source("two", ("/etc/ssh/config", "2"), ("/etc/cron", "2"), ("/x", "x")), m => m with { Triggers = [cron] });
        await rig.ConvergeAsync(cancellationToken);

        Assert.That(rig.Services, Is.EqualTo(["stop ssh", "start ssh", "reload cron"]));
    }

    [Test]
    public async Task Filtered_paths_are_left_alone_and_what_a_new_filter_shows_is_scanned_first(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        Directory.CreateDirectory(rig.Root + "/srv/data");
        File.WriteAllText(rig.Root + "/srv/data/precious", "data");
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("one", ("/a", "a")), m => m with { Filter = ["/srv/data(|/.*)$"] });
        var state = await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/srv/data/precious"), Is.EqualTo("data"));
        Assert.That(state.Plan!.Held, Is.EqualTo(1));

        rig.Required = await rig.Shelf.AddAsync("test/2", rig.Source("two", ("/a", "a")), m => m with { Filter = ["/tmp/.*"] });
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(Directory.Exists(rig.Root + "/srv"), Is.False);
    }

    [Test]
    public async Task Plans_are_streamed_in_pages_and_change_nothing(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", [.. Enumerable.Range(0, 1500).Select(i => ($"/f{i}", $"{i % 7}"))]));
        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.NeedsTree && s.Phase == SubPhase.Idle, cancellationToken);
        await rig.FetchAsync(rig.Required, cancellationToken, FetchScope.Tree);
        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.NeedsObjects && s.Phase == SubPhase.Idle, cancellationToken);

        var pages = new List<PlanPage>();
        await foreach (var page in rig.Client.StreamAsync(SubdMethods.GetPlan, new GetPlanRequest(), cancellationToken))
        {
            pages.Add(page);
        }

        Assert.That(pages.Select(p => p.Steps.Count), Is.EqualTo([1000, 500]));
        Assert.That(pages[0].Summary!.Creations, Is.EqualTo(1500));
        Assert.That(pages[1].Summary, Is.Null);
        Assert.That(Directory.EnumerateFiles(rig.Root), Is.Empty);
    }

    [Test]
    public async Task An_unreachable_image_server_is_reported_and_never_compliant(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = new ImageReference { Name = "test/none", Manifest = rig.Id("no such manifest") };
        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.NeedsTree && s.Phase == SubPhase.Idle, cancellationToken);

        await rig.FetchAsync(rig.Required, cancellationToken);
        var state = await rig.PollUntilAsync(s => s.LastFetchError.Length > 0, cancellationToken);

        Assert.That(state.RequiredReadiness, Is.EqualTo(ImageReadiness.NeedsTree));
        Assert.That(state.Plan, Is.Null);
    }

    [Test]
    public async Task A_loop_that_dies_ends_the_role_at_once(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        await rig.PollUntilAsync(s => s.Phase == SubPhase.Idle, cancellationToken);
        Assert.That(rig.Sub.Completion.IsCompleted, Is.False);

        // What no scan can survive: a defect that closes the root.
        rig.Sub.Parts.Directory.Root.Dispose();

        Assert.That(async () => await rig.Sub.Completion.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task A_poll_that_knows_everything_waits(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        var state = await rig.PollUntilAsync(s => s.Phase == SubPhase.Idle, cancellationToken);

        var again = await rig.Client.CallAsync(
            SubdMethods.Poll, new PollRequest { Epoch = state.Epoch, Generation = state.Generation, Master = "test", Wait = TimeSpan.FromMilliseconds(100) }, cancellationToken);
        Assert.That(again.Generation, Is.EqualTo(state.Generation));

        var other = await rig.Client.CallAsync(SubdMethods.Poll, new PollRequest { Master = "second" }, cancellationToken);
        Assert.That(other.HeldBy?.Master, Is.EqualTo("test"));
        Assert.That((await rig.PollAsync(cancellationToken, news: false)).OtherMaster, Is.EqualTo("second"));
    }
}
