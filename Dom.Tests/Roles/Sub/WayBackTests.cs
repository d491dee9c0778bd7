using Dom.Core.Contracts.Subd;
using Dom.Core.Images;
using Dom.Core.Rpc;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub;
using Dom.Roles.Sub.Images;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>Issue 4's way back: what an update to another image replaced brings the machine back when that image does not prove itself.</summary>
[CancelAfter(120_000)]
public sealed class WayBackTests
{
    private static readonly (string Path, string Content)[] One =
        [("/etc/conf", "one"), ("/bin/tool", "tool 1"), ("/gone", "was there"), ("/same", "same"), ("/kind", "a file"), ("/dir/x", "x"), ("/copy/a", "twice"), ("/copy/b", "twice")];

    private static readonly (string Path, string Content)[] Two =
        [("/etc/conf", "two"), ("/bin/tool", "tool 2"), ("/new/file", "new"), ("/same", "same"), ("/kind/now", "a directory"), ("/dir", "a file"), ("/copy/a", "other"), ("/copy/b", "others")];

    private static readonly Trigger Cron = new() { Service = "cron", MatchLines = ["/etc/.*"] };

    [Test]
    public async Task A_service_that_does_not_start_brings_everything_back_at_once(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken, change: m => m with { Triggers = [Cron] });
        var before = await ManifestOfTreeAsync(rig, cancellationToken);
        await File.WriteAllTextAsync(rig.Broken, "start cron\n", cancellationToken);
        var asked = rig.Shelf.Asked.Count;

        var (two, state) = await FailToTwoAsync(rig, m => m with { Triggers = [Cron] }, cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That(state.RolledBackManifest, Is.EqualTo(two.Manifest));
            Assert.That(state.RolledBackReason, Does.Contain("start cron").And.Contain("cron is broken"));
            Assert.That((state.LastUpdateErrorCode, state.AppliedImage), Is.EqualTo(("RolledBack", "test/1")));
            Assert.That(state.FailedServices, Has.Count.EqualTo(1), "it does not start with the old image either");
            Assert.That(state.DriftNumber, Is.Zero, "going back is no correction");
            Assert.That(rig.Services.Skip(2).Take(4), Is.EqualTo(["stop cron", "start cron", "stop cron", "start cron"]));
            Assert.That(rig.Shelf.Asked, Has.Count.EqualTo(asked + 6), "nothing was fetched for the way back");
        });
        Assert.That(await ManifestOfTreeAsync(rig, cancellationToken), Is.EqualTo(before));
        AssertNothingKept(rig);

        using var http = new HttpClient();
        Assert.That(
            await http.GetStringAsync(new Uri($"http://{rig.Sub.Address}/"), cancellationToken),
            Does.Contain("Services that failed").And.Not.Contain("cron is broken"),
            "what programs print is for holders of a certificate");
        await rig.StopSubAsync();
        await rig.StartSubAsync(cancellationToken);
        state = await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.RolledBack, cancellationToken);
        Assert.That(state.RolledBackReason, Does.Contain("cron is broken"), "the reason survives a restart");
    }

    [TestCase("echo first line; echo second >&2; exit 3", "ended with code 3: first line; second")]
    [TestCase("sleep 600 & sleep 600", "was not done after 0.5 s and was killed")]
    [TestCase("trap '' TERM; while :; do echo flood flood flood flood flood flood flood; done", "was not done after 0.5 s and was killed: flood flood")]
    [TestCase("test ! -e {root}/new/file", "ended with code 1")]
    public async Task A_health_command_of_the_image_that_fails_brings_the_machine_back(string command, string reason, CancellationToken cancellationToken)
    {
        var hangs = reason.StartsWith("was not done", StringComparison.Ordinal);
        await using var rig = await AtOneAsync(cancellationToken, o => o with { HealthTimeout = hangs ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(30) });
        var before = await ManifestOfTreeAsync(rig, cancellationToken);

        var (_, state) = await FailToTwoAsync(
            rig, m => m with { HealthCommand = command.Replace("{root}", rig.Root, StringComparison.Ordinal), Triggers = [Cron] }, cancellationToken);

        Assert.That(state.RolledBackReason, Does.StartWith("the health command '").And.Contain(reason));
        Assert.That(state.RolledBackReason, Has.Length.LessThanOrEqualTo(PollLimits.MaxText));
        Assert.That(rig.Services, Is.EqualTo(["stop cron", "start cron", "stop cron", "start cron"]), "the triggers of the new image count on the way back too");
        Assert.That(await ManifestOfTreeAsync(rig, cancellationToken), Is.EqualTo(before));
        AssertNothingKept(rig);
    }

    [Test]
    public async Task The_machine_s_own_command_counts_under_an_emergency_stop_too_and_a_retry_tries_again(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var health = temp.Combine("healthy");
        await using var rig = await AtOneAsync(cancellationToken, o => o with { HealthCommand = $"test -e {health}", HealthyAfter = TimeSpan.FromHours(1) });
        await File.WriteAllTextAsync(health, "", cancellationToken);
        var two = await RequireTwoAsync(rig);
        var state = await rig.ConvergeAsync(cancellationToken);
        Assert.That((state.AwaitsHealth, state.PreviousBytes > 0), Is.EqualTo((true, true)), "in sync, but not done");

        rig.Halt = true;
        File.Delete(health);
        state = await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.RolledBack, cancellationToken);
        Assert.That((rig.Read("/etc/conf"), state.AwaitsHealth, state.AppliedImage), Is.EqualTo(("one", false, "test/1")));

        rig.Halt = false;
        await File.WriteAllTextAsync(health, "", cancellationToken);
        await rig.PollUntilAsync(s => s.Phase == SubPhase.Idle, cancellationToken);
        await rig.Client.CallAsync(SubdMethods.Retry, new RetryRequest { Hold = rig.Hold, Manifest = two.Manifest, Reason = "mended" }, cancellationToken);
        state = await rig.ConvergeAsync(cancellationToken);
        Assert.That((rig.Read("/etc/conf"), state.AwaitsHealth, state.RolledBackReason), Is.EqualTo(("two", true, "")));
    }

    [Test]
    public async Task What_was_replaced_goes_when_the_image_has_proved_itself(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken, o => o with { HealthCommand = "true", HealthyAfter = TimeSpan.FromSeconds(1) });
        await RequireTwoAsync(rig);
        await rig.ConvergeAsync(cancellationToken);

        var state = await rig.PollUntilAsync(s => !s.AwaitsHealth && s.PreviousBytes == 0, cancellationToken);

        Assert.That((state.AppliedImage, state.RequiredReadiness, state.Plan!.IsCompliant), Is.EqualTo(("test/2", ImageReadiness.Ready, true)));
        Assert.That(() => Directory.GetFileSystemEntries(rig.Root + "/.subd", "discarded-*"), Is.Empty.After(10_000, 50));
        AssertNothingKept(rig);
    }

    [Test]
    public async Task What_was_replaced_goes_too_when_another_image_is_required_before_the_machine_was_healthy_for_long_enough(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken, o => o with { HealthCommand = "true", HealthyAfter = TimeSpan.FromSeconds(3) });
        await RequireTwoAsync(rig);
        await rig.ConvergeAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/3", rig.Source("three", ("/etc/conf", "three")));

        var state = await rig.PollUntilAsync(s => s.PreviousBytes == 0, cancellationToken);

        Assert.That((state.AppliedImage, state.AwaitsHealth, rig.Read("/etc/conf")), Is.EqualTo(("test/2", false, "two")), "nobody has brought the third yet");
    }

    [Test]
    public async Task Without_a_health_command_an_update_is_done_at_once_and_what_it_replaced_stays_a_while(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken, o => o with { HealthyAfter = TimeSpan.FromHours(1) });
        await RequireTwoAsync(rig);

        var state = await rig.ConvergeAsync(cancellationToken);

        Assert.That((state.AwaitsHealth, state.PreviousBytes), Is.EqualTo((false, "onetool 1was therea filextwice".Length)));
        Assert.That(Directory.GetFiles(rig.Root + "/.subd/previous"), Has.Length.EqualTo(6), "the same content is kept once");
        await rig.StopSubAsync();
        await rig.StartSubAsync(cancellationToken);
        state = await rig.ConvergeAsync(cancellationToken);
        Assert.That(state.PreviousBytes, Is.GreaterThan(0), "a restart keeps it");
        rig.Required = await rig.Shelf.AddAsync("test/3", rig.Source("three", ("/only", "this")));
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Sub.Parts.Engine.Previous.Image!.Name, Is.EqualTo("test/2"), "the newer way back takes the place of the older");
    }

    [Test]
    public async Task When_what_was_kept_is_gone_nothing_is_touched_and_that_is_said(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var health = temp.WriteFile("healthy", "");
        await using var rig = await AtOneAsync(cancellationToken, o => o with { HealthCommand = $"test -e {health}", HealthyAfter = TimeSpan.FromHours(1) });
        var two = await RequireTwoAsync(rig);
        await rig.ConvergeAsync(cancellationToken);
        rig.Sub.Parts.Engine.Previous.GiveUp();

        File.Delete(health);
        var state = await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.WayBackFailed, cancellationToken);

        Assert.That(state.RolledBackReason, Does.Contain("ended with code 1. The way back failed: ").And.Contain("given up since its space was needed"));
        Assert.That((rig.Read("/etc/conf"), state.AppliedImage, state.LastUpdateErrorCode), Is.EqualTo(("two", "test/2", "WayBackFailed")));
        Assert.That(() => rig.UpdateAsync(state with { Plan = new PlanSummary { Manifest = two.Manifest } }, cancellationToken), Throws.TypeOf<RpcException>());
        await File.WriteAllTextAsync(health, "", cancellationToken);
        await rig.Client.CallAsync(SubdMethods.Retry, new RetryRequest { Hold = rig.Hold, Manifest = two.Manifest, Reason = "mended" }, cancellationToken);
        state = await rig.ConvergeAsync(cancellationToken);
        Assert.That(state.AwaitsHealth, Is.True, "the image that is there is tried again");
    }

    [Test]
    public async Task A_kept_file_that_somebody_wrote_to_is_not_put_back(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var health = temp.WriteFile("healthy", "");
        await using var rig = await AtOneAsync(cancellationToken, o => o with { HealthCommand = $"test -e {health}", HealthyAfter = TimeSpan.FromHours(1) });
        await using (var open = new FileStream(rig.Root + "/bin/tool", FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            await RequireTwoAsync(rig);
            await rig.ConvergeAsync(cancellationToken);
            await open.WriteAsync("TOOL 1"u8.ToArray(), cancellationToken);
        }

        File.Delete(health);
        var state = await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.WayBackFailed, cancellationToken);

        Assert.That(state.RolledBackReason, Does.Contain("/bin/tool"));
        Assert.That((rig.Read("/bin/tool"), rig.Read("/etc/conf")), Is.EqualTo(("tool 2", "two")), "nothing was touched");
    }

    [Test]
    public async Task A_way_back_that_was_due_is_carried_out_after_a_restart(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken, o => o with { HealthyAfter = TimeSpan.FromHours(1) });
        var before = await ManifestOfTreeAsync(rig, cancellationToken);
        var two = await RequireTwoAsync(rig);
        await rig.ConvergeAsync(cancellationToken);
        await rig.StopSubAsync();
        using (var directory = Dom.Core.Linux.DirectoryHandle.Open(rig.Root + "/.subd"))
        {
            new RolledBackMark(directory, new ImageMark(directory, "applied"u8)).Set(two, "the process ended just then", WayBackState.Due);
        }

        await rig.StartSubAsync(cancellationToken);
        var state = await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.RolledBack, cancellationToken);

        Assert.That(state.RolledBackReason, Is.EqualTo("the process ended just then"));
        Assert.That(await ManifestOfTreeAsync(rig, cancellationToken), Is.EqualTo(before));
    }

    [Test]
    public async Task Another_image_goes_on_from_where_the_machine_is(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken);
        var (_, state) = await FailToTwoAsync(rig, m => m with { HealthCommand = "false" }, cancellationToken);
        Assert.That(state.AppliedImage, Is.EqualTo("test/1"));

        rig.Required = await rig.Shelf.AddAsync("test/3", rig.Source("three", ("/etc/conf", "three")), m => m with { HealthCommand = "true" });
        state = await rig.ConvergeAsync(cancellationToken);

        Assert.That((rig.Read("/etc/conf"), state.RolledBackManifest.IsNone, state.RolledBackReason), Is.EqualTo(("three", true, "")));
    }

    [Test]
    public async Task Correcting_drift_keeps_nothing(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken, o => o with { HealthCommand = "false" });
        await File.WriteAllTextAsync(rig.Root + "/etc/conf", "changed by somebody", cancellationToken);
        await rig.PollUntilAsync(s => s.Plan is { Steps: 1 }, cancellationToken);
        var state = await rig.ConvergeAsync(cancellationToken);
        Assert.That((rig.Read("/etc/conf"), state.PreviousBytes, state.AwaitsHealth), Is.EqualTo(("one", 0, false)));
    }

    private static async Task<SubRig> AtOneAsync(
        CancellationToken cancellationToken, Func<SubOptions, SubOptions>? configure = null, Func<Manifest, Manifest>? change = null)
    {
        var rig = await SubRig.StartAsync(cancellationToken, configure: configure);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("one", One), change);
        var state = await rig.ConvergeAsync(cancellationToken);
        Assert.That(state.PreviousBytes, Is.Zero, "before the first image there is nothing to go back to");
        return rig;
    }

    private static async Task<ImageReference> RequireTwoAsync(SubRig rig, Func<Manifest, Manifest>? change = null)
    {
        rig.Required = await rig.Shelf.AddAsync("test/2", rig.Source("two", Two), change);
        return rig.Required;
    }

    private static async Task<(ImageReference Two, PollResponse State)> FailToTwoAsync(SubRig rig, Func<Manifest, Manifest> change, CancellationToken cancellationToken)
    {
        var two = await RequireTwoAsync(rig, change);
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle } && s.RequiredManifest == two.Manifest, cancellationToken);
        await rig.FetchAsync(two, cancellationToken);
        var ready = await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.Ready, Phase: SubPhase.Idle }, cancellationToken);
        await rig.UpdateAsync(ready, cancellationToken);
        var synced = false;
        var state = await rig.PollUntilAsync(
            s =>
            {
                synced |= s is { Phase: SubPhase.Idle, RequiredReadiness: ImageReadiness.Ready, Plan.IsCompliant: true, AwaitsHealth: false };
                return s is { RequiredReadiness: ImageReadiness.RolledBack, Phase: SubPhase.Idle };
            },
            cancellationToken);
        Assert.That(synced, Is.False, "it was never reported as in sync and done");
        return (two, state);
    }

    /// <summary>The digest of everything in the tree: two equal ones are equal trees.</summary>
    private static async Task<ImageReference> ManifestOfTreeAsync(SubRig rig, CancellationToken cancellationToken)
    {
        using var root = Dom.Core.Linux.DirectoryHandle.Open(rig.Root);
        var scope = new Dom.Core.Trees.Scanning.ScanScope(Dom.Core.Trees.Filters.PathFilter.FromLines(["/\\.subd(|/.*)$"]), []);
        var scanner = new Dom.Core.Trees.Scanning.TreeScanner(root, new Dom.Core.Trees.Scanning.ScanOptions { ReadAhead = false });
        var scan = await scanner.ScanAsync(new Dom.Core.Trees.Scanning.ScanRequest { Scope = scope }, null, cancellationToken);
        return new ImageReference { Name = "tree", Manifest = scan.Tree.Tree.Root };
    }

    private static void AssertNothingKept(SubRig rig)
    {
        Assert.That(Directory.Exists(rig.Root + "/.subd/previous"), Is.False);
        Assert.That(File.Exists(rig.Root + "/.subd/previous-image"), Is.False);
        Assert.That(Directory.Exists(rig.Root + "/.subd/staging") ? Directory.GetFileSystemEntries(rig.Root + "/.subd/staging") : [], Is.Empty);
    }
}
