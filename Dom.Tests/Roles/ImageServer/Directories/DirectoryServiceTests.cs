using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Rpc;

namespace Dom.Tests.Roles.ImageServer.Directories;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DirectoryServiceTests
{
    [Test, CancelAfter(60_000)]
    public async Task The_owner_of_a_directory_makes_directories_below_it_and_nobody_else(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var member = server.Connect("bob");
        var stranger = new RpcLoopback(server.Router, new RpcCaller("eve", ["others"], []));
        await server.Admin.CallAsync(ImageServerMethods.MakeDirectory, new MakeDirectoryRequest { Path = "web", OwnerGroup = "staff" }, token);
        await AssertRefusedAsync(() => stranger.CallAsync(ImageServerMethods.MakeDirectory, new MakeDirectoryRequest { Path = "web/x" }, token));
        await AssertRefusedAsync(() => member.CallAsync(ImageServerMethods.MakeDirectory, new MakeDirectoryRequest { Path = "db" }, token));
        await AssertRefusedAsync(() => member.CallAsync(ImageServerMethods.MakeDirectory, new MakeDirectoryRequest { Path = "web/x", OwnerGroup = "others" }, token));
        await member.CallAsync(ImageServerMethods.MakeDirectory, new MakeDirectoryRequest { Path = "web/edge/test", Parents = true }, token);
        var missing = Assert.CatchAsync<RpcException>(
            () => member.CallAsync(ImageServerMethods.MakeDirectory, new MakeDirectoryRequest { Path = "web/a/b" }, token));
        Assert.That(missing?.Code, Is.EqualTo(ImageErrorCode.NoSuchDirectory));

        await server.RestartAsync();
        member = server.Connect("bob");
        var list = new List<string>();
        await foreach (var page in server.Admin.StreamAsync(ImageServerMethods.ListDirectories, new DirectoryRequest(), token))
        {
            list.AddRange(page.Directories.Select(static d => $"{d.Path} {d.OwnerGroup}".TrimEnd()));
        }

        Assert.That(list, Is.EqualTo(new[] { "web staff", "web/edge", "web/edge/test" }));
        var full = Assert.CatchAsync<RpcException>(
            () => member.CallAsync(ImageServerMethods.DeleteDirectory, new DirectoryRequest { Path = "web/edge" }, token));
        Assert.That(full?.Code, Is.EqualTo(ImageErrorCode.DirectoryInUse));
        await member.CallAsync(ImageServerMethods.DeleteDirectory, new DirectoryRequest { Path = "web/edge/test" }, token);
        await member.CallAsync(ImageServerMethods.DeleteDirectory, new DirectoryRequest { Path = "web/edge" }, token);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_directory_is_given_away_by_the_owner_above_or_between_groups_of_the_caller(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        await server.Admin.CallAsync(ImageServerMethods.MakeDirectory, new MakeDirectoryRequest { Path = "web", OwnerGroup = "staff" }, token);
        var member = server.Connect("bob");
        await AssertRefusedAsync(() => member.CallAsync(ImageServerMethods.ChownDirectory, new ChownDirectoryRequest { Path = "web", OwnerGroup = "others" }, token));
        var both = new RpcLoopback(server.Router, new RpcCaller("eve", ["staff", "others"], []));
        var given = await both.CallAsync(ImageServerMethods.ChownDirectory, new ChownDirectoryRequest { Path = "web", OwnerGroup = "others" }, token);
        Assert.That(given.OwnerGroup, Is.EqualTo("others"));
        await AssertRefusedAsync(() => member.CallAsync(ImageServerMethods.MakeDirectory, new MakeDirectoryRequest { Path = "web/x" }, token));
    }

    [Test, CancelAfter(60_000)]
    public async Task Members_of_the_owner_group_delete_images_of_others(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        await server.PushAsync("web/1", MakeFiles(server, "files"), token);
        var member = server.Connect("bob");
        var request = new ImageNameRequest { Name = "web/1" };
        await AssertRefusedAsync(() => member.CallAsync(ImageServerMethods.DeleteImage, request, token));
        await server.Admin.CallAsync(ImageServerMethods.MakeDirectory, new MakeDirectoryRequest { Path = "web", OwnerGroup = "staff" }, token);
        await member.CallAsync(ImageServerMethods.DeleteImage, request, token);
        Assert.CatchAsync<RpcException>(() => server.Admin.CallAsync(ImageServerMethods.GetImage, request, token));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_rule_of_the_nearest_directory_decides_whether_images_expire(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var files = MakeFiles(server, "files");
        foreach (var path in new[] { "test", "web" })
        {
            await server.Admin.CallAsync(ImageServerMethods.MakeDirectory, new MakeDirectoryRequest { Path = path }, token);
        }

        await RuleAsync("test", ExpiryRule.Required, TimeSpan.FromDays(7));
        await RuleAsync("web", ExpiryRule.Forbidden, null);
        AssertExpiryRefused(() => PushAsync("test/1", null), "must expire");
        AssertExpiryRefused(() => PushAsync("test/1", TimeSpan.FromDays(8)), "168 hours at most");
        AssertExpiryRefused(() => PushAsync("web/1", TimeSpan.FromDays(1)), "may not expire");
        AssertExpiryRefused(() => PushAsync("other/1", TimeSpan.FromDays(32)), "744 hours at most");
        await PushAsync("test/1", TimeSpan.FromDays(6));
        await PushAsync("web/1", null);
        await PushAsync("other/1", TimeSpan.FromDays(31));

        Task RuleAsync(string path, ExpiryRule rule, TimeSpan? max) => server.Admin.CallAsync(
            ImageServerMethods.ChangeDirectoryExpiry, new DirectoryExpiryRequest { Path = path, Expiry = rule, MaxLifetime = max }, token);

        Task<PushResult> PushAsync(string name, TimeSpan? lifetime) => new ImagePusher(server.Admin, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse(name), Source = new DirectorySource(files), ExpiresOn = server.Clock.GetUtcNow() + lifetime }, null, token);
    }

    [Test, CancelAfter(60_000)]
    public async Task An_image_that_expired_is_gone_and_its_name_is_free_again_and_time_can_only_be_added(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var files = MakeFiles(server, "files");
        var until = server.Clock.GetUtcNow() + TimeSpan.FromDays(1);
        await PushAsync("web/1");
        await PushAsync("web/2");
        var shorter = Assert.CatchAsync<RpcException>(() => ExtendAsync("web/2", until - TimeSpan.FromHours(1)));
        Assert.That(shorter?.Message, Does.Contain("longer, not shorter"));
        await ExtendAsync("web/2", until + TimeSpan.FromHours(2));

        server.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        var gone = Assert.CatchAsync<RpcException>(
            () => server.Admin.CallAsync(ImageServerMethods.GetImage, new ImageNameRequest { Name = "web/1" }, token));
        Assert.That(gone?.Message, Does.Contain("expired on"));
        await server.State.Expiry.ExpireAsync(token);
        Assert.That(server.State.Names.List("").Select(static r => r.Name), Is.EqualTo(new[] { "web/2" }));
        await ExtendAsync("web/2", null);
        await server.RestartAsync();
        server.Clock.Advance(TimeSpan.FromDays(10));
        await server.State.Expiry.ExpireAsync(token);
        Assert.That(server.State.Names.Count, Is.EqualTo(1), "it does not expire any more");
        await server.PushAsync("web/1", files, token);

        Task<ImageInfo> ExtendAsync(string name, DateTimeOffset? on) =>
            server.Admin.CallAsync(ImageServerMethods.ChangeImageExpiration, new ImageExpiryRequest { Name = name, ExpiresOn = on }, token);

        Task<PushResult> PushAsync(string name) => new ImagePusher(server.Admin, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse(name), Source = new DirectorySource(files), ExpiresOn = until }, null, token);
    }

    [Test, CancelAfter(60_000)]
    public async Task The_latest_image_is_found_by_directory_and_tags_and_usage_is_told(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var files = MakeFiles(server, "files");
        foreach (var (name, branch) in new[] { ("web/1", "main"), ("web/2", "main"), ("web/3", "test"), ("db/9", "main") })
        {
            File.WriteAllText(Path.Combine(files, "name"), name);
            await new ImagePusher(server.Admin, TimeProvider.System).PushAsync(
                new PushRequest
                {
                    Name = ImageName.Parse(name),
                    Source = new DirectorySource(files),
                    Tags = new Dictionary<string, string> { ["branch"] = branch },
                },
                null,
                token);
            server.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(await LatestAsync("web", ""), Is.EqualTo("web/3"));
        Assert.That(await LatestAsync("web", "main"), Is.EqualTo("web/2"));
        Assert.That(await LatestAsync("", "main"), Is.EqualTo("db/9"));
        Assert.CatchAsync<RpcException>(() => LatestAsync("db", "test"));
        Assert.CatchAsync<RpcException>(() => LatestAsync("", "", notBelow: true));
        Assert.That(await LatestAsync("db", "", notBelow: true), Is.EqualTo("db/9"));
        var usage = await server.Admin.CallAsync(ImageServerMethods.GetImageUsageEstimate, new ImageNameRequest { Name = "web/1" }, token);
        Assert.That(usage.StoredBytes, Is.GreaterThan(1000));
        Assert.That(usage.OwnBytes, Is.InRange(5, usage.StoredBytes - 900), "all share one file, its name differs");
        Assert.That(usage.MachineBytes, Is.GreaterThan(usage.StoredBytes));

        async Task<string> LatestAsync(string directory, string branch, bool notBelow = false) => (await server.Admin.CallAsync(
            ImageServerMethods.FindLatestImage,
            new FindLatestRequest
            {
                Directory = directory,
                NotBelow = notBelow,
                Tags = branch.Length == 0 ? new Dictionary<string, string>() : new Dictionary<string, string> { ["branch"] = branch },
            },
            token)).Name;
    }

    private static string MakeFiles(ServerFixture server, string name)
    {
        var directory = server.MakeDirectory(name);
        File.WriteAllBytes(Path.Combine(directory, "shared"), new byte[900]);
        return directory;
    }

    private static void AssertExpiryRefused(Func<Task> push, string words)
    {
        var refused = Assert.CatchAsync<RpcException>(() => push());
        Assert.That((refused?.Code, refused?.Message), Is.EqualTo((ImageErrorCode.ExpiryRefused, refused?.Message)));
        Assert.That(refused?.Message, Does.Contain(words));
    }

    private static Task AssertRefusedAsync(Func<Task> call)
    {
        var refused = Assert.CatchAsync<RpcException>(() => call());
        Assert.That(refused?.Status, Is.EqualTo(RpcStatus.PermissionDenied), refused?.Message);
        return Task.CompletedTask;
    }
}
