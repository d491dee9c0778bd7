using Dom.Core.Rpc;
using Dom.Roles.Master.Images;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Master.Images;

[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LatestImagesTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ScriptedImageServer _server = new();

    [Test]
    public async Task Each_directory_is_asked_for_once_in_some_minutes_whoever_wants_to_know(CancellationToken cancellationToken)
    {
        _server.Add("web/1");
        _server.Add("web/2");
        _server.Add("db/1");
        await using var servers = Servers();
        var changed = new List<string>();
        var latest = new LatestImages(servers, _clock, new Random(1), changed.Add, NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = latest.RunAsync(stop.Token);
        latest.SetNeeded(new HashSet<string> { "web", "db", "none" });
        await WhenAsync(() => _server.Directories.Count == 3 && changed.Count == 2, cancellationToken);
        Assert.That(_server.Directories, Is.EquivalentTo(new[] { "web", "db", "none" }));
        Assert.That((Newer("web/1", 1), Newer("web/2", 2), Newer("db/1", 3), Newer("none/1", 1)), Is.EqualTo(("web/2", "", "", "")));
        Assert.That((Newer("web/3", 4), Newer("web/0", null)), Is.EqualTo(("", "")), "one that is newer itself, and one of unknown age");

        for (var i = 0; i < 1000; i++)
        {
            Newer("web/1", 1);
            latest.SetNeeded(new HashSet<string> { "web", "db", "none" });
        }

        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.That(_server.Directories, Has.Count.EqualTo(3));
        _server.Add("web/3");
        await WhenAsync(() => Newer("web/1", 1) == "web/3", cancellationToken, TimeSpan.FromSeconds(10));
        await WhenAsync(() => _server.Directories.Count == 6, cancellationToken, TimeSpan.FromSeconds(10));
        Assert.That(_server.Directories.Skip(3), Is.EquivalentTo(new[] { "web", "db", "none" }));
        Assert.That(changed, Has.Count.EqualTo(3), "only what is another");

        latest.SetNeeded(new HashSet<string> { "db" });
        Assert.That(Newer("web/1", 1), Is.Empty, "forgotten");
        await stop.CancelAsync();
        await running;

        string Newer(string name, int? hours) =>
            latest.NewerThan(new ResolvedImage { Name = name, Manifest = ScriptedSub.Id(name), CreatedOn = hours is { } h ? DateTimeOffset.UnixEpoch.AddHours(h) : null });
    }

    [Test]
    public async Task A_server_that_does_not_answer_is_asked_more_and_more_seldom_however_many_directories_there_are(CancellationToken cancellationToken)
    {
        _server.Add("d7/1");
        _server.Fault = new RpcException(RpcStatus.Unavailable, "down");
        await using var servers = Servers();
        var latest = new LatestImages(servers, _clock, new Random(1), static _ => { }, NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        latest.SetNeeded(Enumerable.Range(0, 500).Select(static i => $"d{i}").ToHashSet());
        var running = latest.RunAsync(stop.Token);
        for (var minute = 0; minute < 60; minute++)
        {
            // Each wait is one timer: whoever asked without a pause would be through all directories meanwhile.
            _clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        await WhenAsync(() => _server.Directories.Count > 5, cancellationToken, TimeSpan.FromMinutes(1));
        Assert.That(_server.Directories, Has.Count.LessThan(60));
        _server.Fault = null;
        await WhenAsync(() => _server.Directories.Distinct().Count() == 500, cancellationToken, TimeSpan.FromMinutes(1));
        await stop.CancelAsync();
        await running;
    }

    private ImageServers Servers()
    {
        var caller = new RpcCaller("dominator", [], ["ImageServer.*"]);
        return new ImageServers(["images:1"], _ => new RpcLoopback(_server.Router, caller, _clock), _clock);
    }

    private async Task WhenAsync(Func<bool> holds, CancellationToken cancellationToken, TimeSpan step = default)
    {
        using var settle = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!holds())
        {
            await settle.WaitForNextTickAsync(cancellationToken);
            _clock.Advance(step);
        }
    }
}
