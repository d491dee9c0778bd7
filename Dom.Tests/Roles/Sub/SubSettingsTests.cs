using Dom.Core.Contracts.Subd;
using Dom.Roles.Sub;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>Speeds that the master sets with its polls.</summary>
[CancelAfter(60_000)]
public sealed class SubSettingsTests
{
    [Test]
    public async Task A_poll_sets_the_speed_of_the_scrub_and_one_without_returns_to_the_configured(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        await rig.PollUntilAsync(s => s.Phase == SubPhase.Idle, cancellationToken);
        var watch = rig.Sub.Parts.Watch;
        var network = rig.Sub.Parts.Network;
        var configured = (watch.ScrubBytesPerSecond, network.Percent);
        Assert.That(configured.Percent, Is.EqualTo(10));

        await PollAsync(new SubSettings { ScanSpeedPercent = 100, NetworkSpeedPercent = 40 });
        Assert.That(watch.ScrubPercent, Is.EqualTo(100));
        Assert.That(network.Percent, Is.EqualTo(40));
        Assert.That(watch.ScrubBytesPerSecond, Is.GreaterThanOrEqualTo(configured.ScrubBytesPerSecond));
        await PollAsync(null);
        Assert.That((watch.ScrubBytesPerSecond, network.Percent), Is.EqualTo(configured));

        async Task PollAsync(SubSettings? settings) =>
            await rig.Client.CallAsync(SubdMethods.Poll, new PollRequest { Master = "test", Settings = settings }, cancellationToken);
    }

    [TestCase(0, 12_500_000)]
    [TestCase(40, 50_000_000)]
    [TestCase(100, 0)]
    public void The_share_of_the_network_is_the_masters_or_the_configured_one(double percent, long expected)
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory.Combine("eth0"));
        File.WriteAllText(directory.Combine("eth0/speed"), "1000\n");
        var share = new NetworkShare(10, directory.Path);
        share.Use(percent);
        Assert.That(share.BytesPerSecond(["images.example.com:6971"]), Is.EqualTo(expected));
        Assert.That(share.BytesPerSecond(["127.0.0.1:6971"]), Is.Zero);
    }

    [Test]
    public void Another_share_acts_on_the_fetch_under_way_unless_the_grant_names_a_speed()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory.Combine("eth0"));
        File.WriteAllText(directory.Combine("eth0/speed"), "1000\n");
        var share = new NetworkShare(10, directory.Path);
        var grant = new FetchRequest { Manifest = default, Servers = ["images.example.com:6971"] };
        var shared = new FetchSpeed(share, grant);
        using var granted = new FetchSpeed(share, grant with { BytesPerSecond = 1_000_000 });
        Assert.That((shared.Limit.BytesPerSecond, granted.Limit.BytesPerSecond), Is.EqualTo((12_500_000L, 1_000_000L)));
        share.Use(40);
        Assert.That((shared.Limit.BytesPerSecond, granted.Limit.BytesPerSecond), Is.EqualTo((50_000_000L, 1_000_000L)));
        shared.Dispose();
        share.Use(0);
        Assert.That(shared.Limit.BytesPerSecond, Is.EqualTo(50_000_000), "a fetch that is over follows nothing");
    }
}
