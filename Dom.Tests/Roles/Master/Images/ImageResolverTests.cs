using Dom.Core.Rpc;
using Dom.Roles.Master.Images;
using Dom.Roles.Master.State;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Master.Images;

[CancelAfter(20_000)]
public sealed class ImageResolverTests
{
    [Test]
    public async Task A_server_that_works_again_returns_to_its_place_in_the_configured_order(CancellationToken cancellationToken)
    {
        var clock = new FakeTimeProvider();
        var first = new ScriptedImageServer { Fault = new RpcException(RpcStatus.Unavailable, "down") };
        var second = new ScriptedImageServer();
        var manifest = first.Add("web/1");
        second.Add("web/1");
        var caller = new RpcCaller("dominator", [], ["ImageServer.*"]);
        await using var servers = new ImageServers(
            ["first:1", "second:1"], address => new RpcLoopback(address == "first:1" ? first.Router : second.Router, caller, clock), clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var images = new ImageResolver(servers, new ImagesState(), clock, new Random(1), () => Task.CompletedTask, _ => { }, NullLogger.Instance);
        images.SetNeeded(new HashSet<string> { "web/1" }, stop.Token);
        await WhenAsync(() => images.Find("web/1")?.Manifest == manifest);
        Assert.That(servers.Order, Is.EqualTo(new[] { "second:1", "first:1" }));

        var asked = first.Asked;
        await WhenAsync(() => first.Asked > asked + 1);
        Assert.That(servers.Order[0], Is.EqualTo("second:1"), "it is still down");
        first.Fault = null;
        await WhenAsync(() => servers.Order[0] == "first:1");
        Assert.That(images.Find("web/1")?.Manifest, Is.EqualTo(manifest));
        await stop.CancelAsync();

        async Task WhenAsync(Func<bool> holds)
        {
            using var settle = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            while (!holds())
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                await settle.WaitForNextTickAsync(cancellationToken);
            }
        }
    }
}
