using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>Rules 19 and 20: an emergency stop, and another required image, in each phase of an update.</summary>
[CancelAfter(120_000)]
public sealed class EmergencyStopTests
{
    private static readonly string[] StoppedAndStarted = ["stop app", "start app"];

    [Test]
    public async Task While_scanning_a_stop_lets_the_scan_go_on_and_begins_nothing(CancellationToken cancellationToken)
    {
        await using var rig = await StartAtAsync("1", cancellationToken);
        await rig.StopSubAsync();
        await RequireAsync(rig, "2");
        rig.Halt = true;
        await rig.StartSubAsync(cancellationToken);
        await rig.PollAsync(cancellationToken);

        var state = await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, RequiredReadiness: ImageReadiness.NeedsTree }, cancellationToken);

        Assert.That(() => rig.FetchAsync(rig.Required!, cancellationToken), IsHalted);
        Assert.That(state.Inodes, Is.GreaterThan(0));
        await AssertGoesOnAfterTheStopAsync(rig, cancellationToken);
    }

    [Test]
    public async Task While_fetching_a_stop_ends_the_fetch_and_keeps_what_came(CancellationToken cancellationToken)
    {
        await using var rig = await StartAtAsync("1", cancellationToken);
        await RequireAsync(rig, "2");
        await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, RequiredReadiness: ImageReadiness.NeedsTree }, cancellationToken);
        await rig.FetchAsync(rig.Required!, cancellationToken, FetchScope.Tree);
        await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, RequiredReadiness: ImageReadiness.NeedsObjects }, cancellationToken);
        var chunks = 0;
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Shelf.BeforeChunk = async ended =>
        {
            if (++chunks == 2)
            {
                second.SetResult();
                await Task.Delay(Timeout.Infinite, ended);
            }
        };
        await rig.FetchAsync(rig.Required!, cancellationToken);
        await second.Task.WaitAsync(cancellationToken);
        Assert.That((await rig.PollAsync(cancellationToken, news: false)).Phase, Is.EqualTo(SubPhase.Fetching));

        rig.Halt = true;
        var state = await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, LastFetchError: "halted" }, cancellationToken);

        Assert.That(state.RequiredReadiness, Is.EqualTo(ImageReadiness.NeedsObjects));
        Assert.That(state.Plan!.ObjectsToFetch, Is.EqualTo(1), "one of two is here");
        Assert.That(() => rig.FetchAsync(rig.Required!, cancellationToken), IsHalted);
        rig.Shelf.BeforeChunk = static _ => Task.CompletedTask;
        await AssertGoesOnAfterTheStopAsync(rig, cancellationToken);
    }

    [Test]
    public async Task While_preparing_a_stop_ends_the_update_without_a_trace(
        [Values(FailPoint.JournalCreated, FailPoint.Staged, FailPoint.JournalStep, FailPoint.Synced)] string place, CancellationToken cancellationToken)
    {
        await using var rig = await StartAtAsync("1", cancellationToken);
        using var held = await HoldAsync(rig, place, SubPhase.Preparing, cancellationToken);

        rig.Halt = true;
        await rig.PollAsync(cancellationToken, news: false);
        held.GoOn();
        var state = await rig.PollUntilAsync(static s => s.Phase == SubPhase.Idle, cancellationToken);

        Assert.That((state.LastUpdateErrorCode, rig.Read("/etc/app"), rig.Read("/usr/tool")), Is.EqualTo(("Halted", "app 1", "tool 1")));
        Assert.That(rig.Services, Is.Empty);
        Assert.That((state.AppliedImage, state.BegunManifest.IsNone), Is.EqualTo(("test/1", true)));
        Assert.That(Directory.GetFileSystemEntries(rig.Root + "/.subd/staging"), Is.Empty);
        Assert.That(File.Exists(rig.Root + "/.subd/journal"), Is.False);
        Assert.That(() => rig.UpdateAsync(state, cancellationToken), IsHalted);
        await AssertGoesOnAfterTheStopAsync(rig, cancellationToken);
    }

    [TestCase(FailPoint.ServicesRecorded, SubPhase.Stopping)]
    [TestCase(FailPoint.ServiceStopped, SubPhase.Stopping)]
    [TestCase(FailPoint.JournalSwap, SubPhase.Stopping)]
    [TestCase(FailPoint.Install, SubPhase.Swapping)]
    [TestCase(FailPoint.Swapped, SubPhase.Swapping)]
    [TestCase(FailPoint.ServiceStart, SubPhase.Starting)]
    [TestCase(FailPoint.JournalDone, SubPhase.Starting)]
    public async Task From_stopping_on_a_stop_waits_for_the_end_of_the_update(string place, SubPhase phase, CancellationToken cancellationToken)
    {
        await using var rig = await StartAtAsync("1", cancellationToken);
        using var held = await HoldAsync(rig, place, phase, cancellationToken);

        rig.Halt = true;
        await rig.PollAsync(cancellationToken, news: false);
        held.GoOn();
        var state = await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, UpdatesDone: 2 }, cancellationToken);

        Assert.That((state.LastUpdateErrorCode, state.AppliedImage, state.ServicesDown), Is.EqualTo(("", "test/2", false)));
        Assert.That((rig.Read("/etc/app"), rig.Read("/usr/tool")), Is.EqualTo(("app 2", "tool 2")));
        Assert.That(rig.Services, Is.EqualTo(StoppedAndStarted));

        await File.WriteAllTextAsync(rig.Root + "/usr/tool", "drift", cancellationToken);
        state = await rig.PollUntilAsync(static s => s.Plan is { Steps: 1 }, cancellationToken);
        Assert.That(() => rig.UpdateAsync(state, cancellationToken), IsHalted, "what comes after it does not begin");
        await AssertGoesOnAfterTheStopAsync(rig, cancellationToken);
    }

    [Test]
    public async Task Under_a_stop_a_crashed_swap_is_finished_and_services_are_started_and_nothing_else(CancellationToken cancellationToken)
    {
        await using var rig = await CrashAsync("swap.installed", cancellationToken);
        rig.Halt = true;

        await rig.StartSubAsync(cancellationToken);
        var state = await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, Plan.IsCompliant: true }, cancellationToken);

        Assert.That((state.AppliedImage, state.ServicesDown, rig.Read("/etc/app"), rig.Read("/usr/tool")), Is.EqualTo(("test/2", false, "app 2", "tool 2")));
        Assert.That(rig.Services, Is.EqualTo(StoppedAndStarted));
        await File.WriteAllTextAsync(rig.Root + "/usr/tool", "drift", cancellationToken);
        state = await rig.PollUntilAsync(static s => s.Plan is { Steps: 1 }, cancellationToken);
        Assert.That(() => rig.UpdateAsync(state, cancellationToken), IsHalted);
    }

    [Test]
    public async Task Under_a_stop_an_update_that_crashed_before_its_swap_is_dropped_and_services_are_started(CancellationToken cancellationToken)
    {
        await using var rig = await CrashAsync("journal.swap", cancellationToken);
        rig.Halt = true;

        await rig.StartSubAsync(cancellationToken);
        var state = await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, Plan.Steps: > 0 }, cancellationToken);

        Assert.That((state.AppliedImage, state.ServicesDown, rig.Read("/etc/app"), rig.Read("/usr/tool")), Is.EqualTo(("test/1", false, "app 1", "tool 1")));
        Assert.That(rig.Services, Is.EqualTo(StoppedAndStarted));
        Assert.That(() => rig.UpdateAsync(state, cancellationToken), IsHalted);
        await AssertGoesOnAfterTheStopAsync(rig, cancellationToken);
    }

    [Test]
    public async Task A_crashed_swap_is_finished_though_another_image_is_required_by_then(CancellationToken cancellationToken)
    {
        await using var rig = await CrashAsync("swap.installed", cancellationToken);
        var begun = rig.Required!;
        Assert.That(new[] { rig.Read("/etc/app"), rig.Read("/usr/tool") }, Does.Contain("app 2").Or.Contain("tool 2"), "the swap is half done");
        Assert.That((rig.Read("/etc/app"), rig.Read("/usr/tool")), Is.Not.EqualTo(("app 2", "tool 2")));
        await RequireAsync(rig, "3");

        await rig.StartSubAsync(cancellationToken);

        Assert.That(await Rsync.DifferencesAsync(Path.Combine(rig.Place, "image-2"), rig.Root, "/.subd"), Is.Empty, "before anything is asked");
        var state = await rig.PollAsync(cancellationToken);
        Assert.That((state.AppliedManifest, state.BegunManifest.IsNone), Is.EqualTo((begun.Manifest, true)));
        Assert.That(rig.Services, Is.EqualTo(StoppedAndStarted));
        await rig.ConvergeAsync(cancellationToken);
        Assert.That((rig.Read("/etc/app"), rig.Read("/usr/tool")), Is.EqualTo(("app 3", "tool 3")));
    }

    [TestCase(FailPoint.Staged, SubPhase.Preparing)]
    [TestCase(FailPoint.ServiceStopped, SubPhase.Stopping)]
    [TestCase(FailPoint.Installed, SubPhase.Swapping)]
    [TestCase(FailPoint.ServiceStarted, SubPhase.Starting)]
    public async Task Another_required_image_waits_for_the_end_of_the_update(string place, SubPhase phase, CancellationToken cancellationToken)
    {
        await using var rig = await StartAtAsync("1", cancellationToken);
        using var held = await HoldAsync(rig, place, phase, cancellationToken);
        var begun = rig.Required!;
        await RequireAsync(rig, "3");

        var state = await rig.PollAsync(cancellationToken, news: false);
        Assert.That((state.RequiredManifest, state.BegunManifest), Is.EqualTo((rig.Required!.Manifest, begun.Manifest)));
        Assert.That(() => rig.FetchAsync(rig.Required, cancellationToken), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("Busy"));
        held.GoOn();
        state = await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, UpdatesDone: 2 }, cancellationToken);

        Assert.That((state.AppliedManifest, rig.Read("/etc/app"), rig.Read("/usr/tool")), Is.EqualTo((begun.Manifest, "app 2", "tool 2")));
        await rig.ConvergeAsync(cancellationToken);
        Assert.That((rig.Read("/etc/app"), rig.Read("/usr/tool")), Is.EqualTo(("app 3", "tool 3")));
    }

    private static NUnit.Framework.Constraints.IResolveConstraint IsHalted => Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("Halted");

    private static async Task<SubRig> StartAtAsync(string release, CancellationToken cancellationToken, bool asProcess = false)
    {
        var rig = await SubRig.StartAsync(cancellationToken, asProcess: asProcess);
        await RequireAsync(rig, release);
        await rig.ConvergeAsync(cancellationToken);
        File.Delete(rig.ServiceLog);
        return rig;
    }

    private static async Task RequireAsync(SubRig rig, string release)
    {
        var source = rig.Source("image-" + release, ("/etc/app", "app " + release), ("/usr/tool", "tool " + release));
        rig.Required = await rig.Shelf.AddAsync("test/" + release, source, static manifest => manifest with
        {
            Triggers = [new Trigger { MatchLines = ["/etc/app$"], Service = "app" }],
        });
    }

    /// <summary>Directs the update to the second image and holds it at a place, where polls tell its phase.</summary>
    private static async Task<HeldUpdate> HoldAsync(SubRig rig, string place, SubPhase phase, CancellationToken cancellationToken)
    {
        var held = new HeldUpdate(place);
        await BeginAsync(rig, cancellationToken);
        await held.ReachedAsync(cancellationToken);
        Assert.That((await rig.PollAsync(cancellationToken, news: false)).Phase, Is.EqualTo(phase));
        return held;
    }

    private static async Task BeginAsync(SubRig rig, CancellationToken cancellationToken)
    {
        await RequireAsync(rig, "2");
        await rig.PollUntilAsync(
            s => s is { Phase: SubPhase.Idle, RequiredReadiness: ImageReadiness.NeedsTree } && s.RequiredManifest == rig.Required!.Manifest, cancellationToken);
        await rig.FetchAsync(rig.Required!, cancellationToken);
        var state = await rig.PollUntilAsync(static s => s is { Phase: SubPhase.Idle, RequiredReadiness: ImageReadiness.Ready, Plan.Steps: > 0 }, cancellationToken);
        await rig.UpdateAsync(state, cancellationToken);
    }

    /// <summary>A process at the first image that a fail point killed on its way to the second.</summary>
    private static async Task<SubRig> CrashAsync(string failPoint, CancellationToken cancellationToken)
    {
        var rig = await StartAtAsync("1", cancellationToken, asProcess: true);
        await rig.StopSubAsync();
        rig.Environment[FailPoint.Variable] = failPoint;
        await rig.StartSubAsync(cancellationToken);
        await BeginAsync(rig, cancellationToken);
        Assert.That(await rig.Process.EndAsync(cancellationToken), Is.EqualTo(128 + 9), rig.Process.Log);
        await rig.ForgetProcessAsync();
        rig.Environment.Remove(FailPoint.Variable);
        return rig;
    }

    private static async Task AssertGoesOnAfterTheStopAsync(SubRig rig, CancellationToken cancellationToken)
    {
        rig.Halt = false;
        await rig.PollAsync(cancellationToken, news: false);
        await rig.ConvergeAsync(cancellationToken);
        Assert.That((rig.Read("/etc/app"), rig.Read("/usr/tool")), Is.EqualTo(("app 2", "tool 2")));
    }
}
