using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Rpc;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Tools;

/// <summary>What people ask and set of one machine, beside its master.</summary>
[CancelAfter(120_000)]
public sealed class ToolServiceTests
{
    [Test]
    public async Task Asking_for_the_state_takes_no_hold_and_names_who_has_it(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        await using var tool = rig.Connect("Subd.GetState");
        var free = await tool.CallAsync(SubdMethods.GetState, new GetStateRequest(), token);
        Assert.That((free.Holder, free.Required, free.Reported.Hold), Is.EqualTo(((MasterHold?)null, (ImageReference?)null, 0UL)));

        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "a")));
        await rig.ConvergeAsync(token);
        var hold = rig.Hold;
        var held = await tool.CallAsync(SubdMethods.GetState, new GetStateRequest(), token);
        Assert.That((held.Holder?.Master, held.Required?.Name, held.IsCompliant), Is.EqualTo(("test", "test/1", true)));
        await rig.PollAsync(token, news: false);
        Assert.That(rig.Hold, Is.EqualTo(hold), "the master's hold goes on");
        Assert.That(
            async () => await tool.CallAsync(SubdMethods.Poll, new PollRequest { Master = "tool" }, token), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied));
    }

    [Test]
    public async Task A_wait_ends_with_the_next_change_of_the_state(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        await rig.PollUntilAsync(s => s.Phase == SubPhase.Idle, token);
        await using var tool = rig.Connect("Subd.GetState");
        var before = (await tool.CallAsync(SubdMethods.GetState, new GetStateRequest(), token)).Reported;
        var waiting = tool.CallAsync(SubdMethods.GetState, new GetStateRequest { Epoch = before.Epoch, Generation = before.Generation, Wait = TimeSpan.FromMinutes(5) }, token);
        rig.Sub.Parts.State.Change(state => state with { LastFetchError = "news" });
        Assert.That((await waiting).Reported.LastFetchError, Is.EqualTo("news"));
        var other = await tool.CallAsync(SubdMethods.GetState, new GetStateRequest { Epoch = before.Epoch + 1, Generation = before.Generation, Wait = TimeSpan.FromMinutes(5) }, token);
        Assert.That(other.Reported.Epoch, Is.EqualTo(before.Epoch), "who knows another process's state is told at once");
    }

    [Test]
    public async Task The_tree_is_listed_for_those_who_are_named(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        (await Tool.RunAsync("bash", ["-euc", "mkdir -p etc/deep srv; echo hi > etc/motd; ln -s motd etc/link; touch etc/deep/x; for i in $(seq 1200); do : > srv/$i; done"], directory: rig.Root, cancellationToken: token)).Expect();
        await using var named = rig.Connect("Subd.ListFiles");
        await using var any = rig.Connect("Subd.*");
        await UntilListedAsync(named, "/srv/1200", token);
        await UntilListedAsync(named, "/etc/deep/x", token);

        Assert.That(await ListAsync(named, "/etc/", 1, token), Is.EqualTo(new[] { "/etc", "/etc/deep", "/etc/link", "/etc/motd" }));
        Assert.That(await ListAsync(named, "/etc", -1, token), Is.EqualTo(new[] { "/etc", "/etc/deep", "/etc/deep/x", "/etc/link", "/etc/motd" }));
        Assert.That(await ListAsync(named, "/etc/link", -1, token), Is.EqualTo(new[] { "/etc/link" }));
        Assert.That(await ListAsync(named, "/srv", -1, token), Has.Count.EqualTo(1201));
        Assert.That(await ListAsync(named, "/", -1, token), Has.None.StartsWith("/.subd/"));
        Assert.That(() => ListAsync(named, "/nothing", 0, token), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.NotFound));
        Assert.That(() => ListAsync(named, "etc", 0, token), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("BadPath"));
        Assert.That(() => ListAsync(any, "/etc", 0, token), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied));
    }

    [Test]
    public async Task Speeds_of_a_machine_count_before_the_masters_until_they_end_by_themselves(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        await using var tool = rig.Connect("Subd.SetSpeeds", "Subd.GetState", "Subd.GetConfiguration");
        await MasterSetsAsync(30);
        var set = await tool.CallAsync(SubdMethods.SetSpeeds, new SetSpeedsRequest { ScanSpeedPercent = 7, Lifetime = TimeSpan.FromDays(1), Reason = "busy" }, token);
        Assert.That((set.ScanSpeedPercent, set.NetworkSpeedPercent, set.Override?.User, set.MasterSettings?.ScanSpeedPercent), Is.EqualTo((7d, 30d, "alice", 30d)));
        await MasterSetsAsync(40);
        set = await ReadAsync();
        Assert.That((set.ScanSpeedPercent, set.NetworkSpeedPercent), Is.EqualTo((7d, 40d)), "what a person set stands; what was left is the master's");

        set = await tool.CallAsync(SubdMethods.SetSpeeds, new SetSpeedsRequest { Mode = SpeedMode.Shed }, token);
        Assert.That((set.ScanSpeedPercent, rig.Sub.Parts.Watch.IsScrubNearlyStopped), Is.EqualTo((0.1, true)));
        set = await tool.CallAsync(SubdMethods.SetSpeeds, new SetSpeedsRequest { Mode = SpeedMode.Boost, Lifetime = TimeSpan.FromMilliseconds(300), Reason = "hurry" }, token);
        Assert.That((set.ScanSpeedPercent, rig.Sub.Parts.Watch.IsScrubNearlyStopped), Is.EqualTo((100d, false)));

        var state = await tool.CallAsync(SubdMethods.GetState, new GetStateRequest(), token);
        while (state.Reported.SpeedsSet.Length > 0)
        {
            Assert.That(state.Reported.SpeedsSet, Does.Contain("full speed").And.Contain("alice").And.Contain("hurry"));
            state = await tool.CallAsync(SubdMethods.GetState, new GetStateRequest { Epoch = state.Reported.Epoch, Generation = state.Reported.Generation, Wait = TimeSpan.FromMinutes(1) }, token);
        }

        Assert.That(((await ReadAsync()).ScanSpeedPercent, (await ReadAsync()).Override), Is.EqualTo((40d, (SpeedOverride?)null)), "the master's again");
        await tool.CallAsync(SubdMethods.SetSpeeds, new SetSpeedsRequest { Mode = SpeedMode.Boost }, token);
        await tool.CallAsync(SubdMethods.SetSpeeds, new SetSpeedsRequest { Mode = SpeedMode.Reset, Reason = "enough" }, token);
        Assert.That((await ReadAsync()).Override, Is.Null);
        var audit = await File.ReadAllTextAsync(Path.Combine(rig.Root, ".subd", "audit.log"), token);
        Assert.That(audit, Does.Contain("Subd.SetSpeeds").And.Contain("hurry").And.Contain("enough").And.Contain("alice"));

        Task<SubConfiguration> ReadAsync() => tool.CallAsync(SubdMethods.GetConfiguration, new GetConfigurationRequest(), token);
        async Task MasterSetsAsync(double percent) => await rig.Client.CallAsync(
            SubdMethods.Poll, new PollRequest { Master = "test", Settings = new SubSettings { ScanSpeedPercent = percent, NetworkSpeedPercent = percent } }, token);
    }

    [Test]
    public async Task Speeds_that_cannot_be_are_refused_and_change_nothing(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        SetSpeedsRequest[] wrong =
        [
            new(), new() { ScanSpeedPercent = -1 }, new() { NetworkSpeedPercent = 101 }, new() { ScanSpeedPercent = double.NaN }, new() { Mode = (SpeedMode)9 },
            new() { Mode = SpeedMode.Boost, Lifetime = TimeSpan.FromDays(8) }, new() { Mode = SpeedMode.Boost, Lifetime = TimeSpan.FromSeconds(-1) },
            new() { Mode = SpeedMode.Shed, Reason = new string('x', 513) },
        ];
        foreach (var request in wrong)
        {
            Assert.That(async () => await rig.Client.CallAsync(SubdMethods.SetSpeeds, request, token), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("BadSpeeds"), request.ToString());
        }

        Assert.That(rig.Sub.Parts.Speeds.Override, Is.Null);
    }

    [Test]
    public async Task Cleaning_removes_what_no_image_needs_and_only_when_that_is_known(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        Assert.That(() => CleanAsync(dryRun: true), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("NotSettled"), "no image is required");
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "content of a")));
        await rig.ConvergeAsync(token);
        await CleanAsync(dryRun: false);
        var stray = rig.Id("nobody needs this");
        await AddAsync("nobody needs this");
        var (blocks, objects) = (rig.Sub.Parts.Directory.Trees, rig.Sub.Parts.Directory.Objects);

        var counted = await CleanAsync(dryRun: true);
        Assert.That((counted.Objects, objects.GetSize(stray)), Is.EqualTo((1, 17L)));
        using (await rig.Sub.Parts.Stores.UseAsync(token))
        {
            Assert.That(() => CleanAsync(dryRun: false), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("Busy"));
        }

        var removed = await CleanAsync(dryRun: false);
        Assert.That((removed.Objects, removed.Blocks, objects.GetSize(stray)), Is.EqualTo((1, 0, -1L)));
        Assert.That(blocks.GetSize(rig.Required.Manifest), Is.Positive, "what the image is made of stays");

        async Task<CleanupResponse> CleanAsync(bool dryRun) => await rig.Client.CallAsync(SubdMethods.Cleanup, new CleanupRequest { DryRun = dryRun, Reason = "test" }, token);

        async Task AddAsync(string content)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(content);
            using var writer = await rig.Sub.Parts.Directory.Objects.OpenWriteAsync(rig.Id(content), bytes.Length, 0, token);
            await writer.WriteAsync(bytes, token);
            await writer.CommitAsync(token);
            await rig.Sub.Parts.Directory.Objects.SyncAsync(token);
        }
    }

    private static async Task<List<string>> ListAsync(RpcClient client, string path, int depth, CancellationToken token)
    {
        var paths = new List<string>();
        await foreach (var page in client.StreamAsync(SubdMethods.ListFiles, new ListFilesRequest { Path = UnixPath.Of(path), Depth = depth }, token))
        {
            paths.AddRange(page.Entries.Select(static e => e.Path.ToString()));
        }

        return paths;
    }

    /// <summary>The sub sees a new file some time after it was made.</summary>
    private static async Task UntilListedAsync(RpcClient client, string path, CancellationToken token)
    {
        while (true)
        {
            try
            {
                if ((await ListAsync(client, path, 0, token)).Count == 1)
                {
                    return;
                }
            }
            catch (RpcException e) when (e.Code is "NotReady" or "NoSuchFile")
            {
                await Task.Delay(100, token);
            }
        }
    }
}
